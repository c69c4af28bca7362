"""One WebSocket of the library ``websockets``, from its sans-I/O protocol to events."""

from __future__ import annotations

from typing import Any

from ...channels import http, websocket
from ...channels.serving import ServerExchange
from ...channels.socket_exchange import ABNORMAL, SocketExchange
from .connection import carrier_of

# Attributes of the sans-I/O protocol, one for a WebSocket and one for a plain request of HTTP.
_SOCKET = "_tapscope_socket"
_REQUEST = "_tapscope_request"

_SWITCHING_PROTOCOLS = 101
_REDIRECTS = range(300, 400)
_CLOSE = 8

_MASKED = 4
_LENGTHS = ((125, 2), (0xFFFF, 4))
_LONG_HEAD = 10


def socket_of(protocol: Any) -> SocketExchange | None:
    """Give what is published of *protocol*, if anything is."""
    socket: SocketExchange | None = getattr(protocol, _SOCKET, None)
    return socket


def connecting(protocol: Any, request: Any) -> None:
    """Publish the start of a client, which sends *request*."""
    # Its name before websockets 15.
    uri = getattr(protocol, "wsuri", None) or protocol.uri
    url = f"{'wss' if uri.secure else 'ws'}://{_header(request, 'host')}{request.path}"
    setattr(protocol, _SOCKET, SocketExchange.connecting(url, _headers(request)))


def accepting(protocol: Any, request: Any) -> None:
    """Publish the start of a server, which has received *request*: of a WebSocket, or plain."""
    carrier = carrier_of(protocol)
    connection = carrier.connection if carrier else None
    secure = "s" if connection and connection.tls else ""
    place = f"{secure}://{_header(request, 'host') or 'localhost'}{request.path}"
    if _header(request, "upgrade").lower() == "websocket":
        if websocket.server.start.has_subscribers:
            socket = SocketExchange.accepting(f"ws{place}", _headers(request))
            setattr(protocol, _SOCKET, socket)
    elif http.server.start.has_subscribers:
        exchange = ServerExchange.start(
            getattr(request, "method", "GET"),
            f"http{place}",
            _headers(request),
            "http/1.1",
            connection,
            from_outside=True,
        )
        setattr(protocol, _REQUEST, exchange)


def answered(protocol: Any, response: Any) -> None:
    """Publish what a server has answered."""
    request: ServerExchange | None = getattr(protocol, _REQUEST, None)
    if request is not None:
        request.responded(response.status_code, response.reason_phrase, _headers(response))
        request.sent(bytes(response.body or b""))
        request.finish()
    socket = socket_of(protocol)
    if socket is None:
        return
    _opened(protocol, socket, response)
    if response.status_code != _SWITCHING_PROTOCOLS:
        _refused(socket, protocol.handshake_exc)
    # This is the task or the thread that goes on with the program's handler, and ends with it.
    elif carrier_of(protocol) is not None:
        socket.enter()


def responded(protocol: Any, response: Any, error: BaseException | None) -> None:
    """Publish what a client was answered, and the *error* that it takes that for."""
    socket = socket_of(protocol)
    if socket is not None:
        _opened(protocol, socket, response)
        if error is not None:
            _refused(socket, None if response.status_code in _REDIRECTS else error)


def sent(protocol: Any, socket: SocketExchange, frame: Any) -> None:
    """Publish a frame that is about to leave."""
    length = len(protocol.writes[-1])
    masked = _MASKED if protocol.side.name == "CLIENT" else 0
    head = next((head for most, head in _LENGTHS if length <= most + head + masked), _LONG_HEAD)
    encoded = length - head - masked
    socket.frame(int(frame.opcode), frame.data, sent=True, final=frame.fin, encoded_length=encoded)


def received(protocol: Any, socket: SocketExchange, frame: Any) -> None:
    """Publish a frame that has come."""
    # An extension has changed it, and nobody knows any more how long it was.
    encoded = None if protocol.extensions and frame.opcode < _CLOSE else len(frame.data)
    socket.frame(int(frame.opcode), frame.data, sent=False, final=frame.fin, encoded_length=encoded)


def ended(protocol: Any, socket: SocketExchange) -> None:
    """Publish the end, as *protocol* knows it."""
    carrier, theirs, ours = carrier_of(protocol), protocol.close_rcvd, protocol.close_sent
    error = protocol.handshake_exc or protocol.parser_exc
    # That the stream has ended is said by the close code.
    if isinstance(error, EOFError) or (theirs and ours):
        error = None
    if error is None and carrier is not None and not (theirs and ours):
        error = carrier.failure()
    if error is not None:
        socket.fail(error)
        return
    close = theirs or ours
    code, reason = (int(close.code), close.reason) if close else (ABNORMAL, "")
    socket.close(code, reason, clean=bool(theirs and ours))


def _opened(protocol: Any, socket: SocketExchange, response: Any) -> None:
    carrier = carrier_of(protocol)
    socket.opened(
        response.status_code,
        response.reason_phrase,
        _headers(response),
        _header(response, "sec-websocket-protocol") or None,
        carrier.connection if carrier else None,
    )


def _refused(socket: SocketExchange, error: BaseException | None) -> None:
    if error is not None:
        socket.fail(error)
    else:
        socket.close(ABNORMAL, clean=False)


def _headers(message: Any) -> list[tuple[str, str]]:
    # A list of its own: the library's object compares and looks up in ways of its own.
    return list(message.headers.raw_items())


def _header(message: Any, wanted: str) -> str:
    # Not by its index, which raises for a header that is there twice.
    return next((value for name, value in _headers(message) if name.lower() == wanted), "")
