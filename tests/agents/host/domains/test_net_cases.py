"""What Node's own tests ask of its Network domain, asked of ours, with real clients and servers.

The numbers are those of the page on the domain, which has the deviations too.
"""

from __future__ import annotations

import io
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import attrs
import h2.config
import h2.connection
import h2.errors
import h2.events
import httpx
import pytest
import requests
import trustme

from tapscope import integrations
from tapscope.agents import inspector, network
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host, watching
from tests.agents.hosts import serving
from tests.certificates import certified
from tests.protocol import check_message

DELAY = 0.3
PAUSE = 0.01


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "origin"

    def do_GET(self) -> None:
        self.send_response(200)
        for name, value in (
            ("etag", "12345"),
            ("Set-Cookie", "key1=value1"),
            ("Set-Cookie", "key2=value2"),
            ("x-header2", "value1"),
            ("x-header2", "value2"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", "13"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"\nhello ")
        self.wfile.flush()
        time.sleep(DELAY)
        self.wfile.write(b"world\n")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        """Say nothing."""


@contextmanager
def _origin(context: ssl.SSLContext | None) -> Generator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@attrs.frozen
class Origin:
    """A server, and how it is reached."""

    scheme: str
    port: int
    trust: ssl.SSLContext

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}/hello-world"

    def connect(self) -> HTTPConnection:
        if self.scheme == "https":
            return HTTPSConnection("localhost", self.port, context=self.trust)
        return HTTPConnection("localhost", self.port)


@pytest.fixture(scope="module", params=["http", "https"])
def origin(
    request: pytest.FixtureRequest, authority: trustme.CA, trusting: ssl.SSLContext
) -> Iterator[Origin]:
    with _origin(certified(authority, "http/1.1") if request.param == "https" else None) as port:
        yield Origin(request.param, port, trusting)


@attrs.frozen
class Seen:
    """What a front end sees of the requests that were sent."""

    front_end: FrontEnd

    def only(self, name: str) -> dict[str, Any]:
        """Give the one event called *name* of what was sent."""
        [told] = self.all(name)
        return told

    def all(self, name: str) -> list[dict[str, Any]]:
        """Give the events called *name* of what was sent, not of what was answered here."""
        sent = {
            told["requestId"]
            for told in self.front_end.told("requestWillBeSent")
            if told["type"] == "XHR"
        }
        return [told for told in self.front_end.told(name) if told["requestId"] in sent]

    def ask(self, method: str) -> dict[str, Any]:
        return self.front_end.ask(method, requestId=self.only("requestWillBeSent")["requestId"])


@pytest.fixture
def see(protocol_json: dict[str, Any]) -> Iterator[Callable[[Callable[[], object]], Seen]]:
    """Run something as a watched program, and give what is seen of it, all of it valid."""
    integrations.install()

    def run(program: Callable[[], object]) -> Seen:
        with serving() as served:
            network.attach()
            inspector.join(served.address)
            program()
            inspector.close()
            network.detach()
            served.urls()
            front_end = watching(served.host)
        for message in front_end.take_all():
            assert check_message(protocol_json, message) == []
        return Seen(front_end)

    yield run
    inspector.close()
    network.detach()
    integrations.uninstall()


See = Callable[[Callable[[], object]], Seen]


def _get(origin: Origin) -> None:
    connection = origin.connect()
    connection.putrequest("GET", "/hello-world")
    for name, value in (
        ("accept-language", "en-US"),
        ("Cookie", "k1=v1; k2=v2"),
        ("age", 1000),
        ("x-header1", "value1"),
        ("x-header1", "value2"),
    ):
        connection.putheader(name, value)
    connection.endheaders()
    with connection.getresponse() as response:
        response.read1()
        # However late it hears of the answer, it reads the rest later.
        time.sleep(PAUSE)
        assert response.read() is not None
    connection.close()


def test_a_get_is_told_field_by_field(origin: Origin, see: See) -> None:
    """NET-01, NET-02: what is sent, what is received, and when it is over."""
    seen = see(lambda: _get(origin))
    sent = seen.only("requestWillBeSent")
    assert sent["request"]["url"] == origin.url
    assert sent["request"]["method"] == "GET"
    headers = sent["request"]["headers"]
    assert headers["accept-language"] == "en-US"
    assert headers["Cookie"] == "k1=v1; k2=v2"
    assert headers["age"] == "1000"
    assert headers["x-header1"] == "value1, value2"
    assert sent["initiator"]["type"] == "script"
    frames = sent["initiator"]["stack"]["callFrames"]
    assert any(frame["url"].endswith(Path(__file__).name) for frame in frames)
    received = seen.only("responseReceived")
    response = received["response"]
    assert (received["type"], response["status"], response["statusText"]) == ("XHR", 200, "OK")
    assert response["url"] == origin.url
    assert response["headers"]["Server"].startswith("origin")
    assert response["headers"]["etag"] == "12345"
    assert response["headers"]["Set-Cookie"] == "key1=value1\nkey2=value2"
    assert response["headers"]["x-header2"] == "value1, value2"
    assert (response["mimeType"], response["charset"]) == ("text/plain", "utf-8")
    finished = seen.only("loadingFinished")
    assert sent["timestamp"] <= received["timestamp"]
    assert finished["timestamp"] - received["timestamp"] > PAUSE / 2
    assert not seen.all("loadingFailed")
    body = seen.ask("Network.getResponseBody")
    assert body == {"base64Encoded": False, "body": "\nhello world\n"}


def test_lines_of_the_wire_are_told_one_by_one(origin: Origin, see: See) -> None:
    """NET-01: the headers of the ExtraInfo events are those of the wire."""
    seen = see(lambda: _get(origin))
    sent = seen.only("requestWillBeSentExtraInfo")
    assert sent["headers"]["x-header1"] == "value1\nvalue2"
    cookies = [told["cookie"] for told in sent["associatedCookies"]]
    assert [(cookie["name"], cookie["value"]) for cookie in cookies] == [("k1", "v1"), ("k2", "v2")]
    received = seen.only("responseReceivedExtraInfo")
    assert received["headers"]["x-header2"] == "value1\nvalue2"
    assert "\r\nx-header2: value1\r\nx-header2: value2\r\n" in received["headersText"]
    assert received["blockedCookies"] == []


def test_who_secures_a_connection_is_told(origin: Origin, see: See) -> None:
    """NET-02: the connection of https is told with its certificate."""
    response = see(lambda: _get(origin)).only("responseReceived")["response"]
    if origin.scheme == "http":
        assert response["securityState"] == "insecure"
        assert "securityDetails" not in response
        return
    assert response["securityState"] == "secure"
    details = response["securityDetails"]
    assert details["protocol"] == "TLS 1.3"
    assert details["cipher"].startswith("TLS_")
    assert details["sanList"] == ["localhost"]
    assert details["issuer"]
    assert details["validFrom"] < time.time() < details["validTo"]


def test_a_body_is_left_for_the_program_to_read(origin: Origin, see: See) -> None:
    """NET-03: who reads late gets every byte."""
    bodies: list[bytes] = []

    def program() -> None:
        connection = origin.connect()
        connection.request("GET", "/hello-world")
        response = connection.getresponse()
        time.sleep(DELAY)
        bodies.append(response.read())
        connection.close()

    seen = see(program)
    assert bodies == [b"\nhello world\n"]
    assert seen.ask("Network.getResponseBody")["body"] == "\nhello world\n"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_is_not_known_is_a_failure_the_program_gets_as_ever(
    scheme: str, see: See
) -> None:
    """NET-04: sent, then failed; nothing received."""

    def program() -> None:
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{scheme}://nobody.invalid/")

    seen = see(program)
    assert seen.only("requestWillBeSent")["request"]["url"] == f"{scheme}://nobody.invalid/"
    assert seen.only("loadingFailed")["errorText"].startswith("Name not resolved (")
    assert not seen.all("responseReceived")
    assert not seen.all("loadingFinished")


def test_a_post_is_told_with_what_it_sends(origin: Origin, see: See) -> None:
    """NET-05: as NET-01, with the body of the request."""

    def program() -> None:
        with httpx.Client(verify=origin.trust) as client:
            client.post(origin.url, content=b"foobar", headers={"Content-Type": "text/plain"})

    seen = see(program)
    assert seen.only("requestWillBeSent")["request"]["hasPostData"] is True
    assert "Set-Cookie" in seen.only("responseReceived")["response"]["headers"]
    assert seen.ask("Network.getRequestPostData")["postData"] == "foobar"
    assert seen.ask("Network.getResponseBody")["body"] == "\nhello world\n"


def test_a_client_whose_connection_is_refused_has_failed(see: See) -> None:
    """NET-06: failed, with the type that it was sent with."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    def program() -> None:
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{port}/")

    failed = see(program).only("loadingFailed")
    assert failed["type"] == "XHR"
    assert failed["errorText"].startswith("Connection refused (httpcore.ConnectError: ")
    assert "canceled" not in failed


@contextmanager
def _h2(
    context: ssl.SSLContext | None, answer: Callable[[h2.connection.H2Connection, int], object]
) -> Generator[str]:
    """Serve one connection of HTTP/2."""

    def serve() -> None:
        plain = listener.accept()[0]
        with context.wrap_socket(plain, server_side=True) if context else plain as peer:
            state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
            state.initiate_connection()
            peer.sendall(state.data_to_send())
            while data := peer.recv(65536):
                for event in state.receive_data(data):
                    if isinstance(event, h2.events.StreamEnded):
                        answer(state, event.stream_id)
                peer.sendall(state.data_to_send())

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        scheme = "https" if context else "http"
        yield f"{scheme}://localhost:{listener.getsockname()[1]}/"
        thread.join()


h2_schemes = pytest.mark.parametrize("scheme", ["http", "https"])


def _by_h2(trust: ssl.SSLContext) -> httpx.Client:
    return httpx.Client(http1=False, http2=True, verify=trust)


@h2_schemes
def test_http2_is_told_with_its_protocol_and_without_a_reason(
    scheme: str, authority: trustme.CA, trusting: ssl.SSLContext, see: See
) -> None:
    """NET-07, without the pushed stream, which no client here takes."""

    def answer(state: h2.connection.H2Connection, stream: int) -> None:
        head = [(":status", "200"), ("content-type", "application/json")]
        state.send_headers(stream, head)
        state.send_data(stream, b'{"ok": true}', end_stream=True)

    def program() -> None:
        with (
            _h2(certified(authority, "h2") if scheme == "https" else None, answer) as url,
            _by_h2(trusting) as client,
        ):
            client.post(url, json={"hello": "world"})

    seen = see(program)
    assert seen.only("requestWillBeSent")["request"]["method"] == "POST"
    response = seen.only("responseReceived")["response"]
    assert (response["status"], response["statusText"], response["protocol"]) == (200, "", "h2")
    assert "headersText" not in seen.only("responseReceivedExtraInfo")
    assert seen.ask("Network.getRequestPostData")["postData"] == '{"hello":"world"}'
    assert seen.ask("Network.getResponseBody")["body"] == '{"ok": true}'
    assert seen.only("loadingFinished")["timestamp"] >= seen.only("responseReceived")["timestamp"]


@h2_schemes
def test_a_stream_of_http2_that_is_closed_has_failed(
    scheme: str, authority: trustme.CA, trusting: ssl.SSLContext, see: See
) -> None:
    """NET-08: sent, then failed; the program sees its own error."""

    def answer(state: h2.connection.H2Connection, stream: int) -> None:
        state.reset_stream(stream, h2.errors.ErrorCodes.STREAM_CLOSED)

    def program() -> None:
        with (
            _h2(certified(authority, "h2") if scheme == "https" else None, answer) as url,
            _by_h2(trusting) as client,
            pytest.raises(httpx.RemoteProtocolError),
        ):
            client.get(url)

    seen = see(program)
    assert not seen.only("requestWillBeSent")["request"].get("hasPostData")
    assert seen.only("loadingFailed")["errorText"].startswith("Stream reset (httpcore.")
    assert not seen.all("responseReceived")
    assert not seen.all("loadingFinished")


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/plain; charset=utf-8", ("text/plain", "utf-8")),
        (None, ("", "")),
        ("invalid content-type", ("", "")),
        ("text/plain", ("text/plain", "")),
    ],
)
def test_the_type_of_a_response_is_read_as_browsers_read_it(
    content_type: str | None, expected: tuple[str, str]
) -> None:
    """NET-10."""
    program = FakeProgram(make_host())
    headers = ((b"Content-Type", content_type.encode()),) if content_type else ()
    program.exchange(1, b"body", headers)
    response = watching(program.host).told("responseReceived")[0]["response"]
    assert (response["mimeType"], response["charset"]) == expected


def test_a_stream_and_what_comes_after_it_are_the_whole_body() -> None:
    """NET-11."""
    program = FakeProgram(make_host())
    front_end = watching(program.host)
    program.start(1)
    program.respond(1, headers=((b"Content-Type", b"application/octet-stream"),))
    program.receive(1, bytes(12))
    buffered = front_end.ask("Network.streamResourceContent", requestId="1.1")["bufferedData"]
    program.receive(1, b"x" * 4096)
    told = front_end.told("dataReceived")
    assert (len(buffered), [each["dataLength"] for each in told]) == (16, [12, 4096])
    assert "data" not in told[0]
    assert len(told[1]["data"]) == 5464


def test_a_stream_that_is_asked_for_in_the_end_gives_everything() -> None:
    """NET-12; and NET-14: without streaming no event has data."""
    program = FakeProgram(make_host())
    front_end = watching(program.host)
    program.exchange(1, bytes(12))
    buffered = front_end.ask("Network.streamResourceContent", requestId="1.1")["bufferedData"]
    assert len(buffered) == 16
    assert not any("data" in told for told in front_end.told("dataReceived"))


@pytest.mark.parametrize(
    "method", ["streamResourceContent", "getResponseBody", "getRequestPostData"]
)
def test_an_unknown_request_is_an_error(method: str) -> None:
    """NET-13, NET-15."""
    front_end = watching(make_host())
    assert "error" in front_end.answer(f"Network.{method}", requestId="1.9")


def test_what_was_sent_can_still_be_read_in_the_end() -> None:
    """NET-15, for the pieces that a client sends."""
    program = FakeProgram(make_host())
    front_end = watching(program.host)
    program.start(1, method="PUT", headers=((b"Content-Type", b"text/plain"),))
    program.send(1, b"Hello, ")
    program.send(1, b"world")
    program.respond(1)
    program.finish(1)
    data = front_end.ask("Network.getRequestPostData", requestId="1.1")
    assert data == {"postData": "Hello, world", "base64Encoded": False}


def test_any_text_arrives_unchanged() -> None:
    """NET-16: in the URL, the method, and the value of a header."""
    text = "漢字 👩\N{ZERO WIDTH JOINER}👩\N{ZERO WIDTH JOINER}👧"
    program = FakeProgram(make_host())
    front_end = watching(program.host)
    program.start(1, method=text, url=f"http://shop/{text}", headers=((b"x", text.encode()),))
    request = front_end.told("requestWillBeSent")[0]["request"]
    assert (request["method"], request["url"]) == (text, f"http://shop/{text}")
    assert request["headers"] == {"x": text}


class _Reader(io.BytesIO):
    """A body that is a file."""


@pytest.mark.parametrize(
    "body",
    [b"foobar", bytearray(b"foobar"), _Reader(b"foobar"), [b"foo", b"bar"], "foobar"],
    ids=["bytes", "bytearray", "file", "pieces", "text"],
)
def test_a_body_is_told_however_it_is_given(body: Any, see: See) -> None:
    """NET-21: and the initiator is where the request was made, however deep that is."""

    def deep(depth: int, connection: HTTPConnection) -> None:
        if depth:
            deep(depth - 1, connection)
            return
        connection.request("POST", "/", body, {"Content-Length": "6"})

    def program() -> None:
        with _origin(None) as port:
            connection = HTTPConnection("localhost", port)
            deep(220, connection)
            connection.getresponse().read()
            connection.close()

    seen = see(program)
    assert seen.ask("Network.getRequestPostData")["postData"] == "foobar"
    frames = seen.only("requestWillBeSent")["initiator"]["stack"]["callFrames"]
    assert any(frame["functionName"].endswith("deep") for frame in frames)


def test_a_response_that_is_read_as_text_is_told(origin: Origin, see: See) -> None:
    """NET-22."""

    def program() -> None:
        connection = origin.connect()
        connection.request("GET", "/")
        with io.TextIOWrapper(connection.getresponse(), "utf-8") as text:
            assert text.read() == "\nhello world\n"
        connection.close()

    assert see(program).ask("Network.getResponseBody")["body"] == "\nhello world\n"


def test_a_request_over_an_address_of_ipv6_is_told(see: See) -> None:
    """Beyond Node's cases: in brackets, as the port comes after it."""

    class _Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6

    def program() -> None:
        with _Server(("::1", 0), _Handler) as server:
            thread = threading.Thread(target=server.handle_request)
            thread.start()
            requests.get(f"http://[::1]:{server.server_port}/")
            thread.join()

    seen = see(program)
    response = seen.only("responseReceived")["response"]
    assert response["url"].startswith("http://[::1]:")
    assert response["remoteIPAddress"] == "[::1]"
    assert seen.only("responseReceivedExtraInfo")["resourceIPAddressSpace"] == "Loopback"


def test_a_password_in_a_url_is_not_told(see: See) -> None:
    """Beyond Node's cases: not by any client, not through a proxy, and not in an error."""

    def program() -> None:
        with _origin(None) as port:
            url = f"http://ada:secret@localhost:{port}/"
            requests.get(url)
            httpx.get(url)
            requests.get(url, proxies={"http": url})
            httpx.get(url, proxy=url)
        for failing in (requests.get, httpx.get):
            with pytest.raises(Exception):  # noqa: B017, PT011  # each client has its own
                failing("http://ada:secret@nobody.invalid/")
        with pytest.raises(URLError):
            urlopen("http://secret@nobody.invalid/")

    seen = see(program)
    urls = [told["request"]["url"] for told in seen.all("requestWillBeSent")]
    assert len(urls) == 7
    assert not any("@" in url for url in urls)
    assert "secret" not in json.dumps(seen.all("responseReceived"))
    assert "secret" not in json.dumps(seen.all("loadingFailed"))


def test_a_certificate_that_is_not_checked_is_not_secure(authority: trustme.CA, see: See) -> None:
    """Beyond Node's cases: "Copy as cURL" does not check it either, then."""

    def program() -> None:
        with (
            _origin(certified(authority, "http/1.1")) as port,
            httpx.Client(verify=False) as client,
        ):
            client.get(f"https://localhost:{port}/")

    response = see(program).only("responseReceived")["response"]
    assert response["securityState"] == "insecure"
    details = response["securityDetails"]
    assert details["cipher"]
    assert details["sanList"] == ["localhost"]
    assert details["issuer"].startswith("trustme")
    assert details["validFrom"] < time.time() < details["validTo"]
