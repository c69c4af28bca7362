from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.channels.urls import without_credentials


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://shop/", "http://shop/"),
        ("http://ada@shop/", "http://shop/"),
        ("http://ada:secret@shop:8000/?a=1#b", "http://shop:8000/?a=1#b"),
        ("https://ada:p%40ss@[::1]:8000/x", "https://[::1]:8000/x"),
        ("wss://a:b@c@shop", "wss://shop"),
        ("http://shop/@ada", "http://shop/@ada"),
        ("http://shop?mail=ada@shop", "http://shop?mail=ada@shop"),
        ("http://shop#ada@shop", "http://shop#ada@shop"),
        ("/path@only", "/path@only"),
        ("", ""),
    ],
)
def test_the_user_and_the_password_are_left_out(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=20))
def test_no_password_is_left_in_what_a_parser_takes_for_a_host(rest: str) -> None:
    shown = without_credentials(f"http://{rest}")
    try:
        assert urlsplit(shown).password is None
    except ValueError:
        return
