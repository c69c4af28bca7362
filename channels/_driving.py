"""Running somebody's coroutine or generator transparently, and seeing when it gives way.

Node's ``end`` comes when an asynchronous function returns its promise, which is
when it first waits.  Python has no such moment to hook into; so the coroutine
is driven by hand, value by value and error by error, exactly as ``await`` does.
Errors are passed on outside of ``except``: inside it, they would become the
``__context__`` of whatever the coroutine raises next.
"""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
)
from types import coroutine
from typing import Any, ParamSpec, TypeVar, cast

from ._spans import Settling, Span
from ._stores import StoreScope

P = ParamSpec("P")
T = TypeVar("T")


async def awaiting(awaitable: Awaitable[T]) -> T:
    """Make a coroutine of any awaitable."""
    return await awaitable


def iterating(iterable: Iterable[T]) -> Generator[T, Any, Any]:
    """Make a generator of anything iterable."""
    if isinstance(iterable, Generator):
        return cast("Generator[T, Any, Any]", iterable)
    return (item for item in iterable)


def async_iterating(iterable: AsyncIterable[T]) -> AsyncGenerator[T, Any]:
    """Make an asynchronous generator of anything that can be iterated asynchronously."""
    if isinstance(iterable, AsyncGenerator):
        return cast("AsyncGenerator[T, Any]", iterable)
    return _each_of(iterable)


async def _each_of(iterable: AsyncIterable[T]) -> AsyncGenerator[T, Any]:
    async for item in iterable:
        yield item


@coroutine
def drive(
    running: Coroutine[Any, Any, T], gave_way: Callable[[], object]
) -> Generator[Any, Any, T]:
    """Await *running*, and call *gave_way* once, when it first waits or ends."""
    result: T
    try:
        waiting = running.send(None)
    except StopIteration as stop:
        result = stop.value
        return result
    finally:
        gave_way()
    while True:
        step: Callable[[Any], Any] = running.send
        argument: Any
        try:
            argument = yield waiting
        except GeneratorExit:
            running.close()
            raise
        except BaseException as error:
            step, argument = running.throw, error
        try:
            waiting = step(argument)
        except StopIteration as stop:
            result = stop.value
            return result
        finally:
            del argument  # an error and this frame would keep each other alive


def relay(running: Generator[Any, Any, T], scope: StoreScope) -> Generator[Any, Any, T]:
    """Iterate *running* in place of its user; *scope* pauses whenever it does."""
    result: T
    step: Callable[[Any], Any] = running.send
    argument: Any = None
    while True:
        try:
            item = step(argument)
        except StopIteration as stop:
            result = stop.value
            return result
        finally:
            del argument
        scope.pause()
        step = running.send
        try:
            argument = yield item
        except GeneratorExit:
            scope.resume()
            running.close()
            raise
        except BaseException as error:
            step, argument = running.throw, error
        scope.resume()


def async_relaying(
    begin: Callable[P, tuple[AsyncGenerator[T, Any], Span]],
) -> Callable[P, AsyncGenerator[T, Any]]:
    """Make an asynchronous generator function that iterates what *begin* gives.

    It does so as :func:`relay` and :func:`drive` do, for the span that *begin* gives.
    """

    async def relaying(*args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[T, Any]:
        running, span = begin(*args, **kwargs)
        step: Awaitable[T] = drive(awaiting(running.__anext__()), span.give_way)
        with Settling(span):
            while True:
                try:
                    item = await step
                except StopAsyncIteration:
                    return
                finally:
                    del step
                span.scope.pause()
                try:
                    sent = yield item
                except GeneratorExit:
                    span.scope.resume()
                    await running.aclose()
                    raise
                except BaseException as error:
                    step = running.athrow(error)
                else:
                    step = running.asend(sent)
                span.scope.resume()

    return relaying
