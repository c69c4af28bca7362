"""Iterators that a watched function returns: each item is told on its way."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from typing import Any

from ...channels.calling import NativeCall
from .._patch import hide_us
from .types import type_of


def is_stream(result: Any) -> bool:
    """Whether *result* is an iterator of either kind; files, which are more than that, are not."""
    kind = type_of(result)
    if not (hasattr(kind, "__next__") or hasattr(kind, "__anext__")):
        return False
    return not issubclass(kind, io.IOBase)


def streamed(call: NativeCall, result: Any) -> Any:
    """Give *result* such that *call* goes on until it ends."""
    call.open_stream()
    kind = type_of(result)
    return (Stream if hasattr(kind, "__next__") else AsyncStream)(call, result)


class _Stand:
    """What stands for an iterator, and is otherwise like it."""

    __slots__ = ("__weakref__", "_tapscope_call", "_tapscope_over", "_tapscope_real")

    _tapscope_call: NativeCall
    _tapscope_over: bool
    _tapscope_real: Any

    def __init__(self, call: NativeCall, real: Any) -> None:
        object.__setattr__(self, "_tapscope_call", call)
        object.__setattr__(self, "_tapscope_real", real)
        object.__setattr__(self, "_tapscope_over", False)

    @property  # type: ignore[misc]  # so that isinstance() sees the real one's
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return type_of(self._tapscope_real)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tapscope_real, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._tapscope_real, name, value)

    def __repr__(self) -> str:
        return repr(self._tapscope_real)

    def __del__(self) -> None:
        self._tapscope_end()

    def _tapscope_gave(self, item: object) -> None:
        self._tapscope_call.called_back("", item)

    def _tapscope_end(self, error: BaseException | None = None) -> None:
        """Take note that no item comes any more."""
        if self._tapscope_over:
            return
        object.__setattr__(self, "_tapscope_over", True)
        if error is None:
            self._tapscope_call.close_stream()
        else:
            self._tapscope_call.fail(error)


class Stream(_Stand):
    """Stands for an iterator."""

    __slots__ = ()

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> Any:
        return self._tapscope_step(self._tapscope_real.__next__)

    def send(self, value: Any) -> Any:
        """As generators have it."""
        return self._tapscope_step(self._tapscope_real.send, value)

    def throw(self, *error: Any) -> Any:
        """As generators have it."""
        return self._tapscope_step(self._tapscope_real.throw, *error)

    def close(self) -> Any:
        """As generators have it."""
        close: Callable[[], Any] = self._tapscope_real.close
        try:
            return close()
        finally:
            self._tapscope_end()

    def __length_hint__(self) -> Any:
        hint = getattr(type_of(self._tapscope_real), "__length_hint__", None)
        return NotImplemented if hint is None else hint(self._tapscope_real)

    def _tapscope_step(self, step: Callable[..., Any], *args: Any) -> Any:
        item: Any = None
        try:
            item = step(*args)
        except StopIteration as stop:
            self._tapscope_end()
            hide_us(stop)
            raise
        except BaseException as error:
            self._tapscope_end(error)
            hide_us(error)
            raise
        self._tapscope_gave(item)
        return item


class AsyncStream(_Stand):
    """Stands for an async iterator."""

    __slots__ = ()

    def __aiter__(self) -> AsyncStream:
        return self

    def __anext__(self) -> Awaitable[Any]:
        return self._tapscope_step(self._tapscope_real.__anext__())

    def asend(self, value: Any) -> Awaitable[Any]:
        """As async generators have it."""
        return self._tapscope_step(self._tapscope_real.asend(value))

    def athrow(self, *error: Any) -> Awaitable[Any]:
        """As async generators have it."""
        return self._tapscope_step(self._tapscope_real.athrow(*error))

    async def aclose(self) -> Any:
        """As async generators have it."""
        close: Callable[[], Awaitable[Any]] = self._tapscope_real.aclose
        try:
            return await close()
        finally:
            self._tapscope_end()

    async def _tapscope_step(self, coming: Awaitable[Any]) -> Any:
        item: Any
        try:
            item = await coming
        except StopAsyncIteration as stop:
            self._tapscope_end()
            hide_us(stop)
            raise
        except BaseException as error:
            self._tapscope_end(error)
            hide_us(error)
            raise
        self._tapscope_gave(item)
        return item
