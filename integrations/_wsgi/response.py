"""A response, put together from what a WSGI application gives and the server takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ...channels.serving import ClientDisconnected, ResponseIncomplete, ServerExchange
from .._endpoint import flask_endpoint
from .._patch import hide_us, report
from .._telling import tell


class Response:
    """What an application answers: the head, once it is on its way, and the body."""

    __slots__ = ("_bodiless", "_environ", "_head", "_length", "_start_response", "exchange")

    def __init__(
        self,
        exchange: ServerExchange,
        environ: Mapping[str, Any],
        start_response: Callable[..., Any],
    ) -> None:
        self.exchange = exchange
        self._environ = environ
        self._start_response = start_response
        self._head: tuple[int, str, list[tuple[str, str]], str | None] | None = None
        self._bodiless = False
        self._length: int | None = None

    def start_response(self, *args: Any, **kwargs: Any) -> Callable[..., object]:
        """Have the server note the head; it is sent with the first of the body, if not replaced."""
        try:
            write: Callable[..., object] = self._start_response(*args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise
        tell("wsgi", self._note, *args[:2])
        return self._watched_write(write)

    def sent(self, piece: object) -> None:
        """Publish *piece*, after the head."""
        try:
            self._send_head()
            if isinstance(piece, bytes) and not self._bodiless:
                self.exchange.sent(piece)
        except Exception:
            report("wsgi")

    def sent_as_file(self) -> None:
        """Publish the head; of the body the server alone sees the bytes."""
        self._send_head()
        if not self._bodiless:
            self.exchange.sent_unseen(self._length)

    def file_closed(self, error: BaseException | None) -> None:
        """Publish that the server is done with a file, because of *error* if that is known."""
        if error is None:
            self.exchange.finish()
        else:
            self.exchange.fail(error)

    def end(self) -> None:
        """Publish that this was all."""
        self._send_head()
        missing = self._missing()
        if missing is None:
            self.exchange.finish()
        else:
            self.exchange.fail(ResponseIncomplete(missing))

    def broken_off(self, error: BaseException | None) -> None:
        """Publish that the server takes no more, because of *error* if that is known."""
        exchange = self.exchange
        if error is not None:
            exchange.fail(error)
        elif self._head is not None and (self._bodiless or exchange.sent_bytes == self._length):
            self.end()
        elif not exchange.ended:
            exchange.fail(
                ClientDisconnected("the server closed the response before it was complete")
            )

    def _missing(self) -> str | None:
        """What a client would miss."""
        sent, length = self.exchange.sent_bytes, self._length
        if self._head is None:
            return "the application did not call start_response()"
        if self._bodiless or sent is None or length is None or sent >= length:
            return None
        return f"the body has {sent} bytes, and its Content-Length is {length}"

    def _note(self, status: str, headers: Any) -> None:
        code, _, reason = status.partition(" ")
        number = int(code)
        # A list of its own: servers add to the program's.
        pairs = [(str(name), str(value)) for name, value in headers]
        self._head = number, reason, pairs, flask_endpoint(self._environ)
        is_head = self._environ.get("REQUEST_METHOD") == "HEAD"
        self._bodiless = is_head or number < 200 or number in {204, 304}
        lengths = [value for name, value in pairs if name.lower() == "content-length"]
        self._length = int(lengths[0]) if lengths and lengths[0].isdecimal() else None

    def _send_head(self) -> None:
        if self._head is not None and not self.exchange.answered:
            self.exchange.responded(*self._head)

    def _watched_write(self, write: Callable[..., object]) -> Callable[..., object]:
        def watched(data: Any) -> object:
            self.sent(data)
            try:
                return write(data)
            except BaseException as error:
                hide_us(error)
                raise

        return watched
