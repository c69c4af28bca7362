"""What a WSGI environ tells about a request, in the words of ``http.server``."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias
from urllib.parse import quote

import attrs

from ...channels.exchange import new_connection
from ...channels.http import Connection
from ...channels.serving import ServerExchange
from .._endpoint import app_name
from ..sockets import connection_of

Environ: TypeAlias = Mapping[str, Any]

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_SOCKETS = ("gunicorn.socket", "werkzeug.socket")
_TARGETS = ("RAW_URI", "REQUEST_URI")
_UNPREFIXED = {"CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length"}


@attrs.frozen
class Wire:
    """What the server read, where it can tell more than the environ does.

    Attributes:
        target: The request's target, as it was sent but for what isn't ASCII.
        headers: In the order and case of the wire.
        port: The client's, unless it came by a Unix socket.
    """

    target: str
    headers: list[tuple[str, str]]
    port: int | None

    @classmethod
    def of(cls, handler: Any) -> Wire | None:
        """Take it from a handler of ``http.server``; ``None`` if it is not one after all."""
        with suppress(Exception):
            headers = [(str(name), str(value)) for name, value in handler.headers.raw_items()]
            target = _ascii(handler.path, string.punctuation)
            # A Unix socket's is a text.
            port = None if isinstance(handler.client_address, str) else handler.client_address[1]
            return cls(target, headers, port)
        return None


def receive(
    environ: Environ, app: Callable[..., Any], wire: Wire | None, *, from_outside: bool
) -> ServerExchange | None:
    """Publish that the request with *environ* was received, for *app* to answer."""
    return ServerExchange.start(
        str(environ.get("REQUEST_METHOD", "")),
        _url(environ, wire),
        _headers(environ) if wire is None else wire.headers,
        _protocol(environ),
        _connection(environ, wire),
        app_name(app),
        from_outside=from_outside,
    )


def _url(environ: Environ, wire: Wire | None) -> str:
    target = _target(environ) if wire is None else wire.target
    if target.startswith(("http://", "https://")):
        return target
    scheme = str(environ.get("wsgi.url_scheme", "http"))
    return f"{scheme}://{_host(environ, scheme)}{'' if target.startswith('/') else '/'}{target}"


def _host(environ: Environ, scheme: str) -> str:
    host = environ.get("HTTP_HOST")
    if host:
        return str(host)
    name, port = str(environ.get("SERVER_NAME", "")), str(environ.get("SERVER_PORT", ""))
    if ":" in name:
        name = f"[{name}]"
    return name if port in {"", _DEFAULT_PORTS.get(scheme)} else f"{name}:{port}"


def _target(environ: Environ) -> str:
    for key in _TARGETS:
        raw = environ.get(key)
        if raw:
            return _ascii(str(raw), string.punctuation)
    path = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}"
    # What may stand in a path; a percent sign that is left after unquoting was itself quoted.
    target = _ascii(path, "/:@!$&'()*+,;=~")
    query = environ.get("QUERY_STRING")
    return f"{target}?{_ascii(str(query), string.punctuation)}" if query else target


def _ascii(text: str, safe: str) -> str:
    # The characters of an environ's texts stand for bytes.
    return quote(text, safe, "latin-1", "replace")


def _headers(environ: Environ) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    for key, value in environ.items():
        name = _header_name(key)
        if name is not None and (value or name not in _UNPREFIXED.values()):
            headers.append((name, str(value)))
    return headers


def _header_name(key: Any) -> str | None:
    if not isinstance(key, str):
        return None
    if key.startswith("HTTP_"):
        return key[5:].replace("_", "-").title()
    return _UNPREFIXED.get(key)


def _protocol(environ: Environ) -> str:
    protocol = str(environ.get("SERVER_PROTOCOL", "")).lower()
    return "h2" if protocol.startswith("http/2") else protocol


def _connection(environ: Environ, wire: Wire | None) -> Connection:
    carrier = _carrier(environ)
    connection = new_connection() if carrier is None else connection_of(carrier)
    connection.used += 1
    address, port = environ.get("REMOTE_ADDR"), environ.get("REMOTE_PORT")
    if not port and wire is not None:
        port = wire.port
    if address:
        connection.remote_address = str(address)
    if port is not None and str(port).isdecimal():
        connection.remote_port = int(port)
    return connection


def _carrier(environ: Environ) -> Any:
    """Give what there is one of for each connection."""
    for key in _SOCKETS:
        carrier = environ.get(key)
        if carrier is not None:
            return carrier
    # Waitress gives a method of its channel.
    return getattr(environ.get("waitress.client_disconnected"), "__self__", None)
