"""What the inspector answers to a request: the list of targets, or the way to one; sans-I/O.

The answers are those of Node's inspector, which chrome://inspect and editors know how to read.
"""

from __future__ import annotations

import hmac
import platform
from collections.abc import Callable, Mapping
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import attrs
import orjson

from .access import Authority, is_admitted, parse_authority

if TYPE_CHECKING:
    from ..host import Host, TargetInfo

_FAVICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Ccircle cx='8' cy='8' r='6' fill='none' stroke='%23306998' stroke-width='3'/%3E%3C/svg%3E"
)
_WEBSOCKET_VERSION = "13"

ONLOOKER = "onlooker"
"""What follows the ``?`` in the address of a WebSocket that the host is not to stay for."""


@attrs.frozen
class Request:
    """The head of an HTTP request.

    Attributes:
        headers: By lower-case name; the values of a repeated header joined with commas.
    """

    method: str
    target: str
    headers: Mapping[str, str]

    def has_token(self, header: str, token: str) -> bool:
        """Tell whether a comma-separated *header* has *token*, whatever its case."""
        words = self.headers.get(header, "").lower().split(",")
        return token in (word.strip() for word in words)


@attrs.frozen
class Answer:
    """An HTTP response with a whole body."""

    status: HTTPStatus
    body: bytes
    content_type: str = "text/plain; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = ()


@attrs.frozen
class Upgrade:
    """The request was for the target's WebSocket, and may have it.

    Attributes:
        key: The value of ``Sec-WebSocket-Key``.
        onlooker: Whether the client leaves with the programs: the host is not to stay for it.
    """

    key: str
    onlooker: bool = False


def front_end_url(page: str, authority: Authority, target: str) -> str:
    """Give the address of one of DevTools' bundled pages, attached to *target*."""
    return f"devtools://devtools/bundled/{page}.html?ws={authority}/{target}&panel=network"


def refuse(status: HTTPStatus, reason: str, *headers: tuple[str, str]) -> Answer:
    """Answer with an error that a person can read."""
    return Answer(status, f"{reason}\n".encode(), headers=headers)


@attrs.define(eq=False)
class Site:
    """Answers the requests that come to the inspector's port.

    Attributes:
        here: Where the port is bound, for clients that give no address themselves.
        allow_origins: Web origins that may ask besides DevTools and this port's own.
        close: Ends the host, unless there is somebody besides front ends; whether it does.
    """

    _host: Host
    _id: str
    here: Authority
    allow_origins: frozenset[str] = frozenset()
    close: Callable[[], bool] = lambda: False

    def respond(self, request: Request) -> Answer | Upgrade:
        """Answer *request*, or let it have the WebSocket."""
        authority = self._authority(request)
        if isinstance(authority, Answer):
            return authority
        if request.method not in ("GET", "HEAD"):
            reason = f"{request.method} is not supported here: use GET or HEAD"
            return refuse(HTTPStatus.METHOD_NOT_ALLOWED, reason, ("Allow", "GET, HEAD"))
        path, _, query = request.target.partition("?")
        if hmac.compare_digest(path.encode(), f"/{self._id}".encode()):
            return _upgrade(request, onlooker=query == ONLOOKER)
        if request.method == "GET" and hmac.compare_digest(path.encode(), self._closing):
            return self._close()
        page = self._pages().get(path.lower().rstrip("/"))
        if page is None:
            return _nothing_here(path)
        return Answer(HTTPStatus.OK, page(authority), "application/json; charset=UTF-8")

    @property
    def _closing(self) -> bytes:
        return f"/json/close/{self._id}".encode()

    def _close(self) -> Answer:
        """Answer as Chrome does one who wants a target closed."""
        if self.close():
            return Answer(HTTPStatus.OK, b"Target is closing")
        return refuse(HTTPStatus.CONFLICT, "the host stays: it has programs, or was told to stay")

    def _authority(self, request: Request) -> Authority | Answer:
        """Find the address that the client knows this port by, or refuse the client."""
        host = request.headers.get("host") or None
        asked = self.here if host is None else parse_authority(host)
        if asked is None:
            reason = f"Host {host!r} is neither an IP address nor localhost"
            return refuse(HTTPStatus.BAD_REQUEST, reason)
        origin = request.headers.get("origin")
        if not is_admitted(origin, host, self.allow_origins):
            return refuse(HTTPStatus.FORBIDDEN, f"Origin {origin!r} may not use this inspector")
        # DevTools' bundled pages connect to the literal 127.0.0.1 only (their CSP).
        address = self.here.host if asked.host == "localhost" else asked.host
        return Authority(address, asked.port or self.here.port)

    def _pages(self) -> dict[str, Callable[[Authority], bytes]]:
        return {
            "/json": self._list,
            "/json/list": self._list,
            "/json/version": _version,
            "/json/protocol": lambda _: self._host.protocol(),
        }

    def _list(self, authority: Authority) -> bytes:
        return orjson.dumps([_entry(target, authority) for target in self._host.targets()])


def _entry(target: TargetInfo, authority: Authority) -> dict[str, str]:
    return {
        "description": f"Python {platform.python_version()} program",
        "devtoolsFrontendUrl": front_end_url("worker_app", authority, target.id),
        "devtoolsFrontendUrlCompat": front_end_url("js_app", authority, target.id),
        "faviconUrl": _FAVICON,
        "id": target.id,
        "title": target.title,
        "type": target.type,
        "url": target.url,
        "webSocketDebuggerUrl": f"ws://{authority}/{target.id}",
    }


def _version(_: Authority) -> bytes:
    # chrome://inspect takes this apart at the slash, of which there must be one.
    browser = f"tapscope/{_own_version()} (Python {platform.python_version()})"
    return orjson.dumps({"Browser": browser, "Protocol-Version": "1.3"})


def _own_version() -> str:
    try:
        return version("tapscope")
    except PackageNotFoundError:
        return "0"


def _upgrade(request: Request, *, onlooker: bool) -> Upgrade | Answer:
    """Check the handshake as RFC 6455, section 4.2.1 lays down."""
    if request.method != "GET" or not _asks_for_websocket(request):
        upgrade = ("Upgrade", "websocket")
        return refuse(HTTPStatus.UPGRADE_REQUIRED, "this address takes WebSockets only", upgrade)
    offered = request.headers.get("sec-websocket-version")
    if offered != _WEBSOCKET_VERSION:
        known = ("Sec-WebSocket-Version", _WEBSOCKET_VERSION)
        reason = f"WebSocket version {offered!r} is unknown: use {_WEBSOCKET_VERSION}"
        return refuse(HTTPStatus.UPGRADE_REQUIRED, reason, known)
    key = request.headers.get("sec-websocket-key")
    if not key:
        return refuse(HTTPStatus.BAD_REQUEST, "the header Sec-WebSocket-Key is missing")
    return Upgrade(key, onlooker)


def _asks_for_websocket(request: Request) -> bool:
    return request.has_token("connection", "upgrade") and request.has_token("upgrade", "websocket")


def _nothing_here(path: str) -> Answer:
    reason = f"there is no {path!r} here: see /json/list, /json/version and /json/protocol"
    return refuse(HTTPStatus.NOT_FOUND, reason)
