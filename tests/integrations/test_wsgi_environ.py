"""What an environ is taken to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.integrations.wsgi import TapscopeMiddleware
from tests.integrations.incoming_recording import Incoming, recording_incoming
from tests.integrations.wsgi_fakes import FakeServer, environ


def _told(**more: Any) -> Incoming:
    with recording_incoming() as incomings:
        FakeServer().serve(TapscopeMiddleware(_empty), environ(**more))
    return incomings.only()


def _empty(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("204 No Content", [])
    return []


@pytest.mark.parametrize(
    ("more", "url"),
    [
        ({}, "http://example.org/"),
        ({"HTTP_HOST": "example.org:8080"}, "http://example.org:8080/"),
        ({"wsgi_url_scheme": "https"}, "https://example.org/"),
        ({"HTTP_HOST": None}, "http://localhost:8000/"),
        ({"HTTP_HOST": None, "SERVER_PORT": "80"}, "http://localhost/"),
        ({"HTTP_HOST": None, "SERVER_NAME": "::1"}, "http://[::1]:8000/"),
        ({"PATH_INFO": "/a b/ü?#%41".encode().decode("latin-1")}, "/a%20b/%C3%BC%3F%23%2541"),
        ({"SCRIPT_NAME": "/shop", "PATH_INFO": "/cart"}, "/shop/cart"),
        ({"SCRIPT_NAME": "/shop", "PATH_INFO": ""}, "/shop"),
        ({"PATH_INFO": ""}, "/"),
        ({"QUERY_STRING": "a=%20&b[]=1"}, "/?a=%20&b[]=1"),
        ({"QUERY_STRING": "q=\xc3\xbc x"}, "/?q=%C3%BC%20x"),
        ({"RAW_URI": "/a%2Fb?c=d", "PATH_INFO": "/a/b", "QUERY_STRING": "c=d"}, "/a%2Fb?c=d"),
        ({"REQUEST_URI": "/a%2Fb"}, "/a%2Fb"),
        ({"RAW_URI": "http://elsewhere.org/x"}, "http://elsewhere.org/x"),
        ({"RAW_URI": "*"}, "/*"),
    ],
)
def test_the_url_is_the_one_that_was_asked_for(more: dict[str, Any], url: str) -> None:
    expected = url if url.startswith("http") else f"http://example.org{url}"
    assert _told(**more).started.url == expected


@pytest.mark.parametrize(
    ("protocol", "told"),
    [("HTTP/1.1", "http/1.1"), ("HTTP/1.0", "http/1.0"), ("HTTP/2", "h2"), ("HTTP/2.0", "h2")],
)
def test_the_protocol_is_named_as_everywhere(protocol: str, told: str) -> None:
    assert _told(SERVER_PROTOCOL=protocol).started.protocol == told


def test_headers_have_the_names_that_people_write() -> None:
    told = _told(
        HTTP_ACCEPT_ENCODING="gzip", CONTENT_TYPE="text/plain", CONTENT_LENGTH="3", HTTPS="on"
    )
    assert list(told.started.headers) == [
        ("Host", "example.org"),
        ("Content-Length", "3"),
        ("Accept-Encoding", "gzip"),
        ("Content-Type", "text/plain"),
    ]


def test_an_empty_length_stands_for_none() -> None:
    assert _told(CONTENT_LENGTH="", CONTENT_TYPE="").started.headers == [("Host", "example.org")]


def test_the_client_is_the_far_end_of_the_connection() -> None:
    connection = _told(REMOTE_ADDR="192.0.2.7", REMOTE_PORT="4711").started.connection
    assert connection is not None
    assert (connection.remote_address, connection.remote_port) == ("192.0.2.7", 4711)


_values = st.one_of(
    st.none(), st.text(), st.binary(), st.integers(), st.builds(object), st.just(float("nan"))
)
_keys = st.one_of(
    st.sampled_from([*environ(), "RAW_URI", "REQUEST_URI", "REMOTE_ADDR", "REMOTE_PORT"]),
    st.sampled_from(["CONTENT_TYPE", "wsgi.file_wrapper", "gunicorn.socket", "werkzeug.request"]),
    st.text().map("HTTP_{}".format),
    st.text(),
)


@given(st.dictionaries(_keys, _values), st.integers(0, 3))
def test_no_environ_brings_an_error_into_the_program(more: dict[str, Any], kept: int) -> None:
    """Whatever a server leaves out, and of whatever type it is."""
    request = {**dict(list(environ().items())[kept * 5 :]), **more}
    keys = list(request)
    with recording_incoming():
        assert FakeServer().serve(TapscopeMiddleware(_empty), request) == b""
    assert list(request) == keys


class _Lenient:
    """Takes whatever it is given."""

    def __init__(self) -> None:
        self.got: Any = None
        self.pieces: list[Any] = []

    def start_response(self, *got: Any) -> Any:
        self.got = got
        return self.pieces.append

    def serve(self, app: Any) -> None:
        result = app(environ(), self.start_response)
        self.pieces.extend(result)
        if hasattr(result, "close"):
            result.close()


class _Odd:
    def __init__(self, *pieces: object) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[Any]:
        return iter(self._pieces)


@given(
    status=st.one_of(_values, st.text(alphabet="0123456789 OK", min_size=1)),
    headers=st.one_of(_values, st.lists(_values), st.lists(st.tuples(_values, _values))),
    pieces=st.lists(_values),
    plain=st.booleans(),
)
def test_no_answer_brings_an_error_into_the_program(
    status: Any, headers: Any, pieces: list[Any], *, plain: bool
) -> None:
    """What a lenient server takes is handed on as it is."""

    def app(_environ: Any, start_response: Any) -> Any:
        start_response(status, headers)
        return pieces if plain else _Odd(*pieces)

    server = _Lenient()
    with recording_incoming():
        server.serve(TapscopeMiddleware(app))
    assert server.got == (status, headers)
    assert server.pieces == pieces
