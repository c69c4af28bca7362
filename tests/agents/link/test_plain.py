"""Plain data survives the link, and foreign bytes harm nobody."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.link import LinkError
from tapscope.agents.link.plain import pack, unpack
from tests.agents.link.samples import NUMBER, TEXT

PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBER | st.floats(allow_nan=False) | TEXT | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
)


@given(st.lists(PLAIN, max_size=3))
def test_values_packed_one_after_the_other_come_out_again(values: list[Any]) -> None:
    assert unpack(b"".join(map(pack, values))) == values


@given(st.lists(PLAIN, min_size=1, max_size=3), st.data())
def test_of_what_was_cut_the_whole_values_are_left(values: list[Any], data: st.DataObject) -> None:
    packed = b"".join(map(pack, values))
    kept = packed[: data.draw(st.integers(0, len(packed) - 1))]
    assert unpack(kept) == values[: len(unpack(kept))]


@given(st.binary(max_size=200))
def test_any_bytes_are_values_or_an_error_of_the_link(data: bytes) -> None:
    with contextlib.suppress(LinkError):
        unpack(data)


@pytest.mark.parametrize(
    "data",
    [b"\xdd\xff\xff\xff\xff", b"\xdf\x7f\xff\xff\xff", b"\x91" * 100_000, b"\xc1", b"\xd4\x01\x01"],
    ids=["array", "map", "nested", "reserved", "extension"],
)
def test_bytes_that_announce_too_much_are_refused(data: bytes) -> None:
    with pytest.raises(LinkError, match="no plain data"):
        unpack(data)
