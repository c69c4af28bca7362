"""What only users of http.client, and of what is built on it, can do."""

from __future__ import annotations

import array
import gc
import http.client
import io
import shutil
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import urllib3
from urllib3.util.response import is_fp_closed

from tests.integrations import server as served
from tests.integrations.recording import Recording
from tests.integrations.server import Server


@pytest.fixture
def connection(server: Server) -> Iterator[http.client.HTTPConnection]:
    opened = http.client.HTTPConnection("127.0.0.1", server.port)
    yield opened
    opened.close()


def _get(connection: http.client.HTTPConnection, path: str) -> http.client.HTTPResponse:
    connection.request("GET", path)
    return connection.getresponse()


def _by_read(response: Any) -> bytes:
    return bytes(response.read())


def _by_small_reads(response: Any) -> bytes:
    return b"".join(iter(lambda: response.read(700), b""))


def _by_read1(response: Any) -> bytes:
    return b"".join(iter(lambda: response.read1(100), b""))


def _by_readinto(response: Any) -> bytes:
    body = bytearray()
    buffer = bytearray(50)
    while count := response.readinto(buffer):
        body += buffer[:count]
    return bytes(body)


def _by_lines(response: Any) -> bytes:
    return b"".join(response)


def _after_a_peek(response: Any) -> bytes:
    response.peek()
    return bytes(response.read())


def _by_copyfileobj(response: Any) -> bytes:
    copy = io.BytesIO()
    shutil.copyfileobj(response, copy)
    return copy.getvalue()


def _by_text(response: Any) -> bytes:
    return io.TextIOWrapper(response, "latin-1", newline="").read().encode("latin-1")


@pytest.mark.parametrize("path", ["/plain", "/chunked", "/unframed", "/large"])
@pytest.mark.parametrize(
    "read",
    [
        _by_read,
        _by_small_reads,
        _by_read1,
        _by_readinto,
        _by_lines,
        _after_a_peek,
        _by_copyfileobj,
        _by_text,
    ],
)
def test_a_body_may_be_read_in_any_way(
    read: Callable[[Any], bytes],
    path: str,
    connection: http.client.HTTPConnection,
    recorded: Recording,
) -> None:
    body = read(_get(connection, path))
    expected = {"/chunked": served.CHUNKED, "/large": served.LARGE}.get(path, served.PLAIN)
    assert body == expected
    assert recorded.only().received == expected
    assert recorded.only().end.complete


@pytest.mark.parametrize(
    ("body", "wire"),
    [
        ("text", b"text"),
        (b"bytes", b"bytes"),
        (bytearray(b"mutable"), b"mutable"),
        (memoryview(b"a view"), b"a view"),
        (array.array("B", b"an array"), b"an array"),
        (io.BytesIO(b"a file"), b"a file"),
        (io.StringIO("a text file"), b"a text file"),
        ([b"some ", b"pieces"], b"some pieces"),
        (iter([b"some ", bytearray(b"more")]), b"some more"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_kind_of_request_body_is_told(
    body: Any, wire: bytes, connection: http.client.HTTPConnection, recorded: Recording
) -> None:
    connection.request("POST", "/echo", body)
    assert connection.getresponse().read() == wire
    assert recorded.only().sent == wire


@pytest.mark.parametrize(
    "body",
    [b"bytes", io.BytesIO(b"a file"), io.StringIO("a text"), iter([b"some ", b"pieces"])],
    ids=lambda value: type(value).__name__,
)
def test_what_is_handed_to_send_is_told(
    body: Any, connection: http.client.HTTPConnection, recorded: Recording
) -> None:
    length = {"bytes": 5, "BytesIO": 6, "StringIO": 6}.get(type(body).__name__, 11)
    connection.putrequest("POST", "/echo")
    connection.putheader("Content-Length", str(length))
    connection.endheaders()
    connection.send(body)
    answer = connection.getresponse().read()
    assert len(answer) == length
    assert recorded.only().sent == answer


def test_a_kept_connection_is_known_again(
    connection: http.client.HTTPConnection, recorded: Recording
) -> None:
    for _ in range(3):
        _get(connection, "/plain").read()
    carriers = [exchange.answer.connection for exchange in recorded]
    assert carriers[0] is carriers[1] is carriers[2]
    assert [exchange.answer.reused for exchange in recorded] == [False, True, True]


def test_a_connection_opened_before_counts(
    connection: http.client.HTTPConnection, recorded: Recording
) -> None:
    connection.connect()
    _get(connection, "/plain").read()
    carrier = recorded.only().answer.connection
    assert carrier is not None
    assert recorded.only().started.at == (carrier.dns_start or carrier.connect_start)


def test_a_response_closed_early_is_not_complete(
    connection: http.client.HTTPConnection, recorded: Recording
) -> None:
    response = _get(connection, "/large")
    response.read(10)
    response.close()
    assert recorded.only().received == served.LARGE[:10]
    assert not recorded.only().end.complete


def test_a_response_that_is_dropped_is_not_complete(server: Server, recorded: Recording) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    response = _get(connection, "/unframed")
    connection.close()
    del response
    gc.collect()
    assert not recorded.only().end.complete


def test_a_request_without_an_answer_ends_with_its_connection(
    connection: http.client.HTTPConnection, recorded: Recording
) -> None:
    connection.request("GET", "/never")
    connection.close()
    assert recorded.only().events == ["start", "finish"]
    assert not recorded.only().end.complete


def test_asking_too_early_for_a_response_changes_nothing(recorded: Recording) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = http.client.HTTPConnection(*listener.getsockname())
        connection.connect()
        with listener.accept()[0] as peer:
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none")
            first = _get(connection, "/one")
            connection.request("GET", "/two")
            with pytest.raises(http.client.ResponseNotReady):
                connection.getresponse()
            assert first.read() == b"one"
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo")
            assert connection.getresponse().read() == b"two"
        connection.close()
    assert [exchange.received for exchange in recorded] == [b"one", b"two"]


def test_a_body_sent_together_with_the_head_is_told(
    connection: http.client.HTTPConnection, recorded: Recording
) -> None:
    class Gathering(http.client.HTTPConnection):
        def _send_output(self, message_body: Any = None, **_: Any) -> None:
            self.send(b"\r\n".join([*self._buffer, b"", message_body]))
            self._buffer.clear()

        _buffer: list[bytes]

    gathering = Gathering(connection.host, connection.port)
    gathering.request("POST", "/echo", b"a body")
    assert gathering.getresponse().read() == b"a body"
    gathering.close()
    assert recorded.only().sent == b"a body"


def test_the_error_is_the_one_the_program_gets(server: Server, recorded: Recording) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    response = _get(connection, "/never")
    # Not before, as the answer's head may take its time.
    connection.sock.settimeout(0.05)
    with pytest.raises(TimeoutError) as caught:
        response.read()
    connection.close()
    assert recorded.only().error is caught.value


def test_an_error_in_the_programs_own_body_passes_untouched(
    connection: http.client.HTTPConnection, recorded: Recording
) -> None:
    mistake = ZeroDivisionError()

    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise mistake

    with pytest.raises(ZeroDivisionError) as caught:
        connection.request("POST", "/echo", pieces())
    assert caught.value is mistake
    assert recorded.only().error is mistake


def test_a_body_that_requests_could_not_finish_fails_with_its_error(
    server: Server, recorded: Recording
) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        requests.post(server.url("/echo"), data=pieces())
    assert recorded.only().sent == b"one"
    assert recorded.only().error is caught.value


def test_an_answer_to_half_a_request_still_counts(recorded: Recording) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = http.client.HTTPConnection(*listener.getsockname())
        connection.connect()
        peer = listener.accept()[0]
        peer.sendall(b"HTTP/1.1 413 Too Much\r\nContent-Length: 0\r\n\r\n")
        peer.close()
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            connection.request("POST", "/", iter([b"x" * 65536] * 100))
        with connection.getresponse() as response:
            assert response.status == 413
        connection.close()
    assert recorded.only().events[-2:] == ["headers", "finish"]


def test_an_upgraded_connection_is_left_alone(recorded: Recording) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = http.client.HTTPConnection(*listener.getsockname())
        connection.request("GET", "/", headers={"Connection": "upgrade", "Upgrade": "echo"})
        peer = listener.accept()[0]
        peer.recv(4096)
        peer.sendall(b"HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nafter")
        response = connection.getresponse()
        assert type(response.fp) is io.BufferedReader
        assert response.fp.read(5) == b"after"
        peer.close()
        response.close()
        connection.close()
    assert recorded.only().events == ["start", "headers", "finish"]


def test_the_responses_file_passes_for_the_real_one(
    connection: http.client.HTTPConnection, recorded: Recording
) -> None:
    response = _get(connection, "/plain")
    assert isinstance(response.fp, io.BufferedReader)
    assert connection.sock is not None
    assert response.fileno() == connection.sock.fileno()
    assert not is_fp_closed(response)
    response.read()
    assert is_fp_closed(response)
    assert recorded


@pytest.mark.parametrize("stream", [False, True])
def test_urllib3_streams_what_it_streamed(
    stream: bool,  # noqa: FBT001  # a table's column
    server: Server,
    recorded: Recording,
) -> None:
    with urllib3.PoolManager() as pool:
        response = pool.request("GET", server.url("/chunked"), preload_content=not stream)
        pieces = list(response.stream()) if stream else [response.data]
    assert pieces == (list(served.PIECES) if stream else [served.CHUNKED])
    assert recorded.only().received == served.CHUNKED


def test_urllib3_tells_of_a_redirect_it_follows(server: Server, recorded: Recording) -> None:
    with urllib3.HTTPConnectionPool("127.0.0.1", server.port) as pool:
        pool.request("GET", "/redirect")
    first, second = recorded
    assert second.started.redirected_from == first.started.id


def test_every_try_is_an_exchange(refusing_port: int, recorded: Recording) -> None:
    with urllib3.PoolManager(retries=2) as pool, pytest.raises(urllib3.exceptions.MaxRetryError):
        pool.request("GET", f"https://127.0.0.1:{refusing_port}/")
    assert [exchange.events for exchange in recorded] == [["start", "error"]] * 3


def test_requests_keeps_its_cookies(server: Server, recorded: Recording) -> None:
    with requests.Session() as session:
        session.get(server.url("/cookie"))
        session.get(server.url("/plain"))
    assert recorded[1].request_header("cookie") == "a=1; b=2"


class _FakedSocket:
    """What a library makes that fakes the network: what it does not fake raises as it likes."""

    __hash__ = None  # type: ignore[assignment]  # nor can it be a key

    @classmethod
    def connected(cls, *_: object) -> _FakedSocket:
        return cls()

    def sendall(self, data: bytes) -> None:
        assert data

    def makefile(self, mode: str) -> io.BufferedIOBase:
        assert mode == "rb"
        return io.BytesIO(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake")

    def close(self) -> None:
        pass

    def setsockopt(self, *_: object) -> None:
        pass

    def getpeername(self) -> object:
        raise ZeroDivisionError


@pytest.mark.parametrize("opened", [False, True])
def test_a_socket_that_is_none_harms_nobody(
    opened: bool,  # noqa: FBT001  # a table's column
    recorded: Recording,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "create_connection", _FakedSocket.connected)
    connection = http.client.HTTPConnection("fake.test")
    if opened:
        connection.connect()
    assert _get(connection, "/").read() == b"fake"
    connection.close()
    assert recorded.only().received == b"fake"
