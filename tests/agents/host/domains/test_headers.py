"""Headers, from what libraries have of them to what front ends are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.content.headers import HeaderPairs, header_pairs
from tapscope.agents.host.domains.network.cookies import sent_cookies
from tapscope.agents.host.domains.network.headers import folded, joined
from tapscope.agents.host.domains.network.priorities import priority

text = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=5)
headers = st.lists(st.tuples(st.sampled_from(["X", "x", "Y", ""]), text), max_size=8)


@given(headers)
def test_every_line_of_the_wire_is_told(listed: HeaderPairs) -> None:
    told = [
        (name.lower(), value)
        for name, several in joined(listed).items()
        for value in several.split("\n")
    ]
    assert sorted(told) == sorted((name.lower(), value) for name, value in listed)


@given(st.lists(st.tuples(st.binary(max_size=5), st.binary(max_size=9)), max_size=5))
def test_any_bytes_are_some_text_whoever_read_them(listed: list[tuple[bytes, bytes]]) -> None:
    read = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in listed]
    assert header_pairs(listed) == header_pairs(read)
    assert len(folded(header_pairs(listed))) == len(
        {name.lower() for name, _ in header_pairs(listed)}
    )


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"plain", "plain"),
        (b"\xfc", "ü"),
        ("grün".encode(), "grün"),
        ("grün".encode().decode("latin-1"), "grün"),
        ("ü", "ü"),
        ("漢字", "漢字"),
    ],
)
def test_a_value_is_utf_8_where_it_can_be(raw: bytes | str, told: str) -> None:
    listed = [("X", raw)] if isinstance(raw, str) else [(b"X", raw)]
    assert header_pairs(listed) == [("X", told)]


@pytest.mark.parametrize(
    ("name", "values", "value"),
    [
        ("X-Header", ["1", "2"], "1, 2"),
        ("Cookie", ["a=1", "b=2"], "a=1; b=2"),
        ("Set-Cookie", ["a=1", "b=2"], "a=1\nb=2"),
        ("", ["1", "2"], "1, 2"),
    ],
)
def test_headers_of_one_name_are_one_value_as_http_has_them(
    name: str, values: list[str], value: str
) -> None:
    listed = [(name, values[0]), ("Other", "x"), (name.lower(), values[1])]
    assert folded(listed) == {name: value, "Other": "x"}


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        ("a=1; b=2", [("a", "1"), ("b", "2")]),
        ("a=1;b=x=y", [("a", "1"), ("b", "x=y")]),
        ('a="1 2"', [("a", '"1 2"')]),
        ("flag; a=", [("", "flag"), ("a", "")]),
        ("a=1; a=2", [("a", "1"), ("a", "2")]),
        (" ; ;", []),
        ("", []),
    ],
)
def test_the_cookies_of_a_request_are_told_in_their_order(
    header: str, cookies: list[tuple[str, str]]
) -> None:
    told = [each.cookie for each in sent_cookies([("Cookie", header)])]
    assert [(cookie.name, cookie.value) for cookie in told] == cookies


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (None, "High"),
        ("u=0", "VeryHigh"),
        ("u=3", "Low"),
        ("u=7, i", "VeryLow"),
        ("i, u=2", "Medium"),
        ("u=9", "High"),
        ("menu=1", "High"),
    ],
)
def test_the_priority_is_what_the_request_asks_for(header: str | None, told: str) -> None:
    assert priority([("Priority", header)] if header else []) == told
