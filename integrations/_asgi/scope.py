"""What an ASGI scope tells about a request, whichever server made it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, cast
from urllib.parse import quote, quote_from_bytes

from ...channels.exchange import new_connection
from ...channels.http import Connection
from .._endpoint import name_of

_PROTOCOLS = {"1.0": "http/1.0", "1.1": "http/1.1", "2": "h2", "3": "h3"}
_DEFAULT_PORTS = {"http": 80, "https": 443}

# What a path may have as it is (RFC 3986, section 3.3).
_OF_A_PATH = "/!$&'()*+,;=:@"
# What leaves a target one word that has no fragment.
_OF_A_TARGET = bytes(range(0x21, 0x7F)).replace(b"#", b"")
_PLAIN_TARGET = re.compile(rb"[%b]*" % re.escape(_OF_A_TARGET))

MAX_CONNECTIONS = 1000
_connections: dict[int, tuple[object, Connection]] = {}


def protocol_of(scope: Mapping[str, Any]) -> str:
    """Give the protocol as events have it, ``"http/1.1"``."""
    version = scope.get("http_version", "1.1")
    return _PROTOCOLS.get(version) or f"http/{version}"


def headers_of(owner: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """Give the headers of a scope or of a message in a list of their own.

    The program may go on to change its list.  What it gave as an iterator is
    not ours to exhaust: then there are none.
    """
    headers = owner.get("headers", ())
    if not isinstance(headers, Collection):
        return []
    return [(name, value) for name, value in cast("Collection[tuple[bytes, bytes]]", headers)]


def url_of(scope: Mapping[str, Any], headers: list[tuple[bytes, bytes]]) -> str:
    """Give the absolute URL, with its target as the client sent it if the server tells that."""
    target = _path(scope)
    if query := scope.get("query_string"):
        target = f"{target}?{_quoted(query)}"
    # A client takes the server for a proxy.
    if target.startswith(("http://", "https://")):
        return target
    slash = "" if target.startswith("/") else "/"
    scheme = scope.get("scheme") or "http"
    return f"{scheme}://{_host(scope, headers, scheme)}{slash}{target}"


def _path(scope: Mapping[str, Any]) -> str:
    raw = scope.get("raw_path")
    if raw:
        # Some servers give the query with it.
        return _quoted(raw.partition(b"?")[0])
    return quote(scope.get("path") or "/", _OF_A_PATH, errors="surrogatepass")


def _quoted(sent: bytes) -> str:
    # Nearly all is plain, and quoting goes byte by byte.
    if _PLAIN_TARGET.fullmatch(sent):
        return sent.decode("ascii")
    return quote_from_bytes(sent, _OF_A_TARGET)


def _host(scope: Mapping[str, Any], headers: list[tuple[bytes, bytes]], scheme: str) -> str:
    for name, value in headers:
        if name.lower() == b"host" and value:
            return value.decode("latin-1")
    host, port = scope.get("server") or ("", None)
    # It is the path of a socket that has no port.
    if port is None:
        return "localhost"
    if ":" in host:
        host = f"[{host}]"
    return host if port == _DEFAULT_PORTS.get(scheme) else f"{host}:{port}"


def connection_of(scope: Mapping[str, Any]) -> Connection | None:
    """Give the record of what carried the request, if the server tells the client's address.

    The servers keep that address with a connection, so the same object is the
    same connection.
    """
    client = scope.get("client")
    if not client:
        return None
    known = _connections.get(id(client))
    connection = known[1] if known else _remember(client)
    connection.used += 1
    return connection


def _remember(client: Any) -> Connection:
    connection = new_connection()
    host, port = client
    connection.remote_address = str(host)
    connection.remote_port = None if port is None else int(port)
    if len(_connections) >= MAX_CONNECTIONS:
        _connections.clear()
    # The address is kept, so that no other object gets its id.
    _connections[id(client)] = client, connection
    return connection


def endpoint_of(scope: Mapping[str, Any]) -> str | None:
    """Give the name of what a framework has found for the path, as soon as it has."""
    endpoint = scope.get("endpoint")
    return None if endpoint is None else name_of(endpoint)
