"""How a body is read is told alike by both classes that stand in for a response's file."""

from __future__ import annotations

import io
import os
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.channels.exchange import ClientExchange
from tapscope.channels.http import client
from tapscope.integrations import _body, http_client
from tests.without_c import without_c

if find_spec("tapscope.integrations._wire") is None and "CI" not in os.environ:
    pytest.skip("tapscope was installed without a compiler", allow_module_level=True)

Told = list[tuple[object, ...]]

PLAIN = without_c("tapscope.integrations._body", "tapscope.integrations._wire")


def told_of(module: Any, body: bytes, length: int | None, sizes: list[int | None]) -> Told:
    """What is published as a response with this body is read in pieces of these sizes."""
    told: Told = []
    file = io.BufferedReader(io.BytesIO(body))
    response = SimpleNamespace(fp=file, length=length, chunked=False)
    subscriptions = [
        client.body_chunk.subscribe(lambda event, _: told.append((event.data, event.sent))),
        client.finish.subscribe(lambda event, _: told.append((event.encoded_length,))),
        client.error.subscribe(lambda event, _: told.append((repr(event.error),))),
    ]
    module.watch_body(response, ClientExchange.start("GET", "http://shop/", []))
    read = [response.fp.read() if size is None else response.fp.read(size) for size in sizes]
    response.fp.close()
    for subscription in subscriptions:
        subscription.close()
    assert b"".join(read) == body[: len(b"".join(read))]
    return told


@given(
    body=st.binary(max_size=40),
    length=st.none() | st.integers(0, 50),
    sizes=st.lists(st.none() | st.integers(-1, 30), max_size=5),
)
def test_c_tells_what_python_tells(
    body: bytes, length: int | None, sizes: list[int | None]
) -> None:
    """A body may be as long as was said, or longer, or shorter, and be left before its end."""
    assert PLAIN.Reading is not _body.Reading
    assert told_of(_body, body, length, sizes) == told_of(PLAIN, body, length, sizes)


@given(st.lists(st.binary(max_size=30) | st.sampled_from([b": ", b":", b"a: b: c"]), max_size=6))
def test_a_head_is_parted_at_the_first_colon_with_a_space(lines: list[bytes]) -> None:
    method, target, fields = http_client.head_of([b"GET /\xe9 HTTP/1.1", *lines])
    assert (method, target) == ("GET", "/\xe9")
    assert fields == [tuple(line.partition(b": ")[::2]) for line in lines]


@pytest.mark.parametrize("lines", [[], [b"GET"], ["GET / HTTP/1.1"], [b"GET /", "A: b"], None])
def test_what_is_no_head_is_refused(lines: Any) -> None:
    with pytest.raises((TypeError, ValueError, IndexError, AttributeError)):
        http_client.head_of(lines)
