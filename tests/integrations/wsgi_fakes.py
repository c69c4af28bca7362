"""A server without a network: it calls an application as PEP 3333 says."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import attrs

App: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def environ(method: str = "GET", path: str = "/", body: bytes = b"", **more: Any) -> dict[str, Any]:
    """Make what a server gives an application; *more* replaces it, and ``None`` takes it out."""
    made: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "example.org",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    made.update({key.replace("wsgi_", "wsgi."): value for key, value in more.items()})
    return {key: value for key, value in made.items() if value is not None}


@attrs.define
class FakeServer:
    """Takes a response as servers do: it iterates, and closes what can be closed.

    Attributes:
        status: Of the last ``start_response()``.
        headers: As they were given to it.
        sent: The pieces of the body.
        takes: How many pieces it takes before its client goes away.
    """

    status: str = ""
    headers: list[tuple[str, str]] = attrs.field(factory=list[tuple[str, str]])
    sent: list[bytes] = attrs.field(factory=list[bytes])
    takes: int | None = None

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        try:
            if exc_info and self.sent:
                raise exc_info[1].with_traceback(exc_info[2])
        finally:
            exc_info = None
        self.status, self.headers = status, headers
        return self.write

    def write(self, data: bytes) -> None:
        if len(self.sent) == self.takes:
            raise BrokenPipeError("the client went away")
        self.sent.append(data)

    def serve(self, app: App, request: dict[str, Any] | None = None) -> bytes:
        """Answer *request* by *app*, and give the body."""
        result: Any = app(environ() if request is None else request, self.start_response)
        try:
            for piece in result:
                self.write(piece)
        finally:
            if hasattr(result, "close"):
                result.close()
        return b"".join(self.sent)
