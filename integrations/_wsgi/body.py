"""The body of a response, as a WSGI application gives it and the server takes it.

The server hands what it takes to the network, and tells nothing of that but by
closing what it took: before its end, if the client went away.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any, cast

from ...channels.serving import ResponseIncomplete
from .._patch import hide_us
from .response import Response

_PLAIN = frozenset({list, tuple})


def watched(result: Any, response: Response, file_wrapper: Any) -> Any:
    """Give what the server is to take for *result*: that itself wherever it can be.

    Args:
        result: What the application gave.
        response: Is told what the server takes, and the end.
        file_wrapper: The server's ``wsgi.file_wrapper``, for what it has special ways of sending.
    """
    if type(result) in _PLAIN:
        for piece in result:
            response.sent(piece)
        response.end()
        return result
    if isinstance(file_wrapper, type) and isinstance(result, file_wrapper):
        _watch_file(result, response)
        return result
    if _is_a_sign(result):
        response.exchange.finish()
        return result
    return (_SizedBody if hasattr(result, "__len__") else _Body)(response, result)


class _Body:
    """The iterable of a response: gives what the real one gives, and publishes it."""

    __slots__ = ("__weakref__", "_iterator", "_response", "_result")

    def __init__(self, response: Response, result: Any) -> None:
        self._response = response
        self._result = result
        self._iterator: Iterator[Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        try:
            self._iterator = self._inside(iter, self._result)
        except BaseException as error:
            hide_us(error)
            raise
        return self

    def __next__(self) -> Any:
        try:
            if self._iterator is None:
                self._iterator = self._inside(iter, self._result)
            piece = self._inside(next, self._iterator)
        except BaseException as error:
            hide_us(error)
            raise
        self._response.sent(piece)
        return piece

    def close(self) -> None:
        """Close the real one, if it can be closed."""
        why = sys.exc_info()[1]
        close = getattr(self._result, "close", None)
        try:
            if close is not None:
                self._inside(close)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            self._response.broken_off(why)

    def _inside(self, step: Callable[..., Any], *args: Any) -> Any:
        """Do a step of the application's, as part of the exchange."""
        exchange = self._response.exchange
        exchange.enter()
        try:
            return step(*args)
        except StopIteration:
            self._response.end()
            raise
        except BaseException as error:
            exchange.fail(error)
            raise
        finally:
            exchange.leave()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._result, name)

    def __del__(self) -> None:
        response = self._response
        if not response.exchange.ended and not sys.is_finalizing():
            response.exchange.fail(ResponseIncomplete("the server never closed the response"))


class _SizedBody(_Body):
    """One whose length the server may ask, to know whether a single piece is all there is."""

    __slots__ = ()

    def __len__(self) -> int:
        return len(self._result)


def _is_a_sign(result: Any) -> bool:
    """Whether it is a server's own object for what was answered in another way, a WebSocket."""
    if result is None:
        return False
    return not hasattr(result, "__iter__") and not hasattr(result, "__getitem__")


def _watch_file(result: Any, response: Response) -> None:
    """Have the end published when *result* is closed, the first time."""
    response.sent_as_file()
    try:
        own = cast("dict[str, Any]", vars(result)).get("close")
        close = getattr(result, "close", None)

        def closed() -> object:
            response.file_closed(sys.exc_info()[1])
            if own is None:
                del result.close
            else:
                result.close = own
            try:
                return None if close is None else close()
            except BaseException as error:
                hide_us(error)
                raise

        result.close = closed
    except (AttributeError, TypeError):
        response.exchange.finish()
