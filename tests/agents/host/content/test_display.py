from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.content.display import ContentType, Display, display


@pytest.mark.parametrize(
    ("header", "mime_type", "charset"),
    [
        ("text/html", "text/html", ""),
        ("Text/HTML; Charset=UTF-8", "text/html", "utf-8"),
        ('text/html;charset="latin-1"', "text/html", "latin-1"),
        ("text/html; charset='utf-8'; x=y", "text/html", "utf-8"),
        ("text/html; x=y ; charset = ascii", "text/html", "ascii"),
        ("application/problem+json", "application/problem+json", ""),
        ("multipart/form-data; boundary=----x", "multipart/form-data", ""),
        ("text/html; charset=", "text/html", ""),
        ("", "", ""),
        ("text", "", ""),
        ("a/b/c", "", ""),
        ("/", "", ""),
        ("text/html, text/plain", "", ""),
        ("; charset=utf-8", "", ""),
    ],
)
def test_a_content_type_is_read_as_browsers_do(header: str, mime_type: str, charset: str) -> None:
    assert ContentType.parse(header) == ContentType(mime_type, charset)


@given(st.text() | st.text(st.sampled_from("text/html; charset*=\"'\\\r\n\0\ud800%")))
def test_no_content_type_is_an_error(header: str) -> None:
    parsed = ContentType.parse(header)
    assert parsed.mime_type == parsed.mime_type.lower()
    assert not set(parsed.mime_type) & set(" ;\n")


@given(st.binary(max_size=200), st.text(max_size=30), st.sampled_from(["text/x", "image/png", ""]))
def test_every_body_can_be_displayed_whatever_its_charset_says(
    data: bytes, charset: str, mime_type: str
) -> None:
    shown = display(data, ContentType(mime_type, charset))
    shown.text.encode()
    if shown.base64_encoded:
        assert base64.b64decode(shown.text) == data


@pytest.mark.parametrize(
    ("data", "content_type", "text"),
    [
        ("grün".encode(), "text/plain; charset=utf-8", "grün"),
        ("grün".encode("latin-1"), "text/plain; charset=iso-8859-1", "grün"),
        ("grün".encode("utf-16"), "text/plain; charset=utf-16", "grün"),
        (b"gr\xfcn", "text/plain", "grün"),
        (b"gr\xfcn", "application/json", "gr\ufffdn"),
        (b"\x80 1 \x81", "text/plain; charset=latin-1", "€ 1 \x81"),
        (b"\x80 1", "text/plain; charset=us-ascii", "€ 1"),
        ("Ğışİ".encode("iso8859-9"), "text/plain; charset=iso-8859-9", "Ğışİ"),
        ("漢".encode("gb18030"), "text/plain; charset=gb2312", "漢"),
        ("①".encode("cp932"), "text/html; charset=shift_jis", "①"),
        ("grün".encode("utf-8-sig"), "application/json", "grün"),
        ("grün".encode("utf-8-sig"), "text/plain; charset=latin-1", "grün"),
        ("grün".encode("utf-16"), "text/plain", "grün"),
        ("\ufeffgrün".encode("utf-16-be"), "text/plain", "grün"),
        ("grün".encode("utf-16-le"), "text/plain; charset=utf-16", "grün"),
        ('<meta charset="koi8-r">да'.encode("koi8-r"), "text/html", '<meta charset="koi8-r">да'),
        (
            '<META http-equiv=Content-Type content="text/html; charset=koi8-r">да'.encode("koi8-r"),
            "text/html",
            '<META http-equiv=Content-Type content="text/html; charset=koi8-r">да',
        ),
        ("<meta charset=utf-16>é".encode(), "text/html", "<meta charset=utf-16>é"),
        ("<meta charset=koi8-r>é".encode(), "text/html; charset=utf-8", "<meta charset=koi8-r>é"),
        ("<meta charset=koi8-r>é".encode(), "text/plain", "<meta charset=koi8-r>é"),
        (
            '<?xml version="1.0" encoding="koi8-r"?><a>да</a>'.encode("koi8-r"),
            "application/xml",
            '<?xml version="1.0" encoding="koi8-r"?><a>да</a>',
        ),
        ('@charset "koi8-r"; /*да*/'.encode("koi8-r"), "text/css", '@charset "koi8-r"; /*да*/'),
        ("grün".encode(), "", "grün"),
        ("grün".encode(), "image/png", "grün"),
        ("grün".encode(), "text/plain; charset=utf8mb4", "grün"),
        ("grün".encode(), "text/plain; charset=idna", "grün"),
        (b"a\\u0041", "text/plain; charset=unicode_escape", "a\\u0041"),
        (b"616263", "text/plain; charset=hex", "616263"),
        (b"", "image/png", ""),
    ],
)
def test_text_is_shown_as_text(data: bytes, content_type: str, text: str) -> None:
    shown = display(data, ContentType.parse(content_type))
    assert (shown.text, shown.base64_encoded) == (text, False)


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"\x89PNG\xff", "image/png"),
        (b"\xff\xfe\xfd", ""),
        (b"gr\xfcn", "application/octet-stream"),
        (b"+2AA-", "text/plain; charset=utf-7"),
    ],
)
def test_what_is_no_text_is_shown_as_base64(data: bytes, content_type: str) -> None:
    shown = display(data, ContentType.parse(content_type))
    assert shown.base64_encoded
    assert base64.b64decode(shown.text) == data


@pytest.mark.parametrize("mime_type", ["text/plain", "application/json", "application/x-strange"])
def test_a_body_that_is_cut_within_a_character_is_text_all_the_same(mime_type: str) -> None:
    shown = display("grü".encode()[:-1], ContentType(mime_type, ""), "cut", whole=False)
    assert shown == Display("gr\n[tapscope: cut]\n", base64_encoded=False, note="cut")


def test_what_is_to_be_said_of_bytes_is_said_beside_them() -> None:
    shown = display(b"\x89PNG\xff", ContentType("image/png", ""), "cut")
    assert (shown.base64_encoded, shown.note) == (True, "cut")
    assert base64.b64decode(shown.text) == b"\x89PNG\xff"
