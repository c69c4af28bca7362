"""Only who may read the target's id gets near it."""

from __future__ import annotations

from ipaddress import IPv6Address

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tapscope.agents.host.inspector.access import Authority, is_admitted, parse_authority

OCTET = st.integers(0, 255)
PORT = st.integers(1, 65535)


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("127.0.0.1:9229", Authority("127.0.0.1", 9229)),
        ("127.0.0.1", Authority("127.0.0.1")),
        ("10.1.2.3:80", Authority("10.1.2.3", 80)),
        ("localhost:9229", Authority("localhost", 9229)),
        ("LocalHost", Authority("localhost")),
        ("[::1]:9229", Authority("[::1]", 9229)),
        ("[::1]", Authority("[::1]")),
        ("[2001:DB8::1]:1", Authority("[2001:db8::1]", 1)),
        ("[::ffff:127.0.0.1]", Authority("[::ffff:127.0.0.1]")),
    ],
)
def test_an_address_or_localhost_is_let_in(text: str, authority: Authority) -> None:
    assert parse_authority(text) == authority


@pytest.mark.parametrize("port", ["", ":9229"])
@pytest.mark.parametrize(
    "host",
    [
        "",
        "example.com",
        "notlocalhost",
        "localhost6",
        "localhost.",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "10.0.2.555",
        "10.0.-23.255",
        "127.0.0.4294967296",
        "127.0.0.18446744073709552000",
        ".0.0.1",
        "127..0.1",
        "127.0.0.",
        "127.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "127.0.0.0.1",
        "08.1.1.1",
        "1.09.1.1",
        "1.1.1.009",
        "01.1.1.1",
        "1.1.001.1",
        "1.1.1.01",
        "0.0.0.0",
        "0.1.2.3",
        "[::]",
        "[::0.0.0.0]",
        "[::ffff:0.0.0.0]",
        "[127.0.0.1]",
        "[:::1]",
        "[::1%lo]",
        "[::1",
        "::1",
        "[]",
        "[::1]x",
        "user@127.0.0.1",
        " 127.0.0.1",
        "127.0.0.1/",
        "\N{FULLWIDTH DIGIT ONE}27.0.0.1",
    ],
)
def test_whatever_could_be_a_rebound_name_is_not_let_in(host: str, port: str) -> None:
    assert parse_authority(host + port) is None


@pytest.mark.parametrize("port", [":", ":0", ":65536", ":-1", ":x", ":1x", ":000080", ":1:2", ":²"])
def test_a_port_that_is_none_is_not_let_in(port: str) -> None:
    assert parse_authority("127.0.0.1" + port) is None


@given(st.tuples(st.integers(1, 255), OCTET, OCTET, OCTET), PORT)
def test_every_dotted_address_with_a_port_comes_back_as_it_was(
    octets: tuple[int, int, int, int], port: int
) -> None:
    text = ".".join(map(str, octets)) + f":{port}"
    assert str(parse_authority(text)) == text


@given(st.binary(min_size=16, max_size=16).map(IPv6Address), PORT)
def test_every_ipv6_address_that_means_one_place_is_let_in(address: IPv6Address, port: int) -> None:
    mapped = address.ipv4_mapped
    assume(not address.is_unspecified and (mapped is None or mapped.packed[0] != 0))
    authority = parse_authority(f"[{address}]:{port}")
    assert authority == Authority(f"[{address}]", port)


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    authority = parse_authority(text)
    assert authority is None or str(authority) == text.lower()


@given(st.from_regex(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:[0-9]{1,5})?", fullmatch=True))
def test_no_domain_name_is_let_in(name: str) -> None:
    assert parse_authority(name) is None


@pytest.mark.parametrize(
    ("origin", "admitted"),
    [
        (None, True),
        ("devtools://devtools", True),
        ("http://127.0.0.1:9229", True),
        ("https://viewer.example", True),
        ("", False),
        ("null", False),
        ("https://127.0.0.1:9229", False),
        ("http://127.0.0.1", False),
        ("http://127.0.0.1:8000", False),
        ("http://localhost:9229", False),
        ("https://example.com", False),
        ("https://viewer.example.com", False),
        ("devtools://devtools.example", False),
        ("chrome-extension://abcdefghijklmnop", False),
        ("devtools://devtools, https://example.com", False),
    ],
)
def test_an_origin_is_admitted_if_it_is_devtools_or_our_own_or_allowed(
    origin: str | None, *, admitted: bool
) -> None:
    allowed = frozenset({"https://viewer.example"})
    assert is_admitted(origin, "127.0.0.1:9229", allowed) is admitted


def test_without_a_host_no_page_is_our_own() -> None:
    assert not is_admitted("http://", None, frozenset())
