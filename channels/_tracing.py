"""The five channels of an operation, and the ways to trace one.

The order of the events, for a success and for a failure:

==================  ==================================  ========================================
a plain call        start, end                          start, error, end
anything awaited    start, end, async_start, async_end  start, end, error, async_start, async_end
a callback          start, end, async_start, (it),      start, end, error, async_start, (it),
                    async_end                           async_end
==================  ==================================  ========================================

``end`` tells that the caller has control again, the first time; ``async_start``
that the outcome is there.  An operation that nobody listens to when it starts
is not traced at all, whoever comes later.
"""

from __future__ import annotations

import functools
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Mapping,
)
from inspect import iscoroutinefunction
from typing import Any, ParamSpec, TypeVar, final, overload

from ._channel import Channel
from ._driving import async_iterating, async_relaying, iterating, relay
from ._errors import ChannelError
from ._handlers import EVENTS, TraceHandlers
from ._outcome import TraceContext, note
from ._settling import follow, settle
from ._spans import IDLE, Span
from ._subscription import SubscriptionGroup
from ._traced import trace_function

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


@final
class TracingChannel:
    """The channels start, end, async_start, async_end and error of one operation.

    Made by :func:`tapscope.channels.tracing_channel`.  Every method that traces
    takes a context, which all events of the trace share; by default it is a new
    :class:`TraceContext`.  It publishes nothing if nobody listens at the start.

    Attributes:
        has_subscribers: Whether anyone listens to any of the five.
    """

    __slots__ = ("async_end", "async_start", "end", "error", "has_subscribers", "start")

    def __init__(self, channels: Mapping[str, Channel[Any]]) -> None:
        self.start: Channel[Any] = channels["start"]
        self.end: Channel[Any] = channels["end"]
        self.async_start: Channel[Any] = channels["async_start"]
        self.async_end: Channel[Any] = channels["async_end"]
        self.error: Channel[Any] = channels["error"]
        self.has_subscribers: bool = False
        for member in channels.values():
            member.watch_activity(self._follow_activity)
        self._follow_activity()

    def __repr__(self) -> str:
        return f"<TracingChannel of {self.start.name!r}>"

    def subscribe(self, handlers: TraceHandlers) -> SubscriptionGroup:
        """Subscribe each of *handlers*; closing the result ends it for all of them."""
        return SubscriptionGroup(
            [self._member(event).subscribe(handler) for event, handler in handlers.items()]
        )

    def unsubscribe(self, handlers: TraceHandlers) -> bool:
        """Undo the oldest subscription of each of *handlers*; whether all were found."""
        found = [self._member(event).unsubscribe(handler) for event, handler in handlers.items()]
        return all(found)

    def trace_sync(
        self,
        function: Callable[P, R],
        context: object = None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Call *function* between start and end; what it raises is an error in between."""
        if not self.has_subscribers:
            return function(*args, **kwargs)
        with self._span(context) as shared:
            result = function(*args, **kwargs)
            note(shared, "result", result)
            return result

    @overload
    def trace_async(
        self,
        operation: Callable[P, T],
        context: object = None,
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T: ...
    @overload
    def trace_async(
        self, operation: Awaitable[R], context: object = None, /
    ) -> Coroutine[Any, Any, R]: ...
    def trace_async(
        self, operation: Any, context: object = None, /, *args: Any, **kwargs: Any
    ) -> Any:
        """Trace what is awaited: a coroutine function, an awaitable, or what gives one.

        A coroutine function and an awaitable start when the result is first
        awaited.  Another function is called at once: a future that it gives is
        handed on as it is, another awaitable as a coroutine, and anything else
        as it is too, with start and end alone.  Being cancelled is an error.
        """
        if not callable(operation):
            return self._await(lambda: operation, context)
        if iscoroutinefunction(operation):
            waiting: Any = self._await(functools.partial(operation, *args, **kwargs), context)
            # By this name python tells of a coroutine that nobody awaits.
            waiting.__qualname__ = getattr(operation, "__qualname__", waiting.__qualname__)
            return waiting
        if not self.has_subscribers:
            return operation(*args, **kwargs)
        span = self._span(context)
        with span:
            made = operation(*args, **kwargs)
        return follow(made, span)

    def trace_callback(
        self,
        function: Callable[..., R],
        position: int | str = -1,
        context: object = None,
        /,
        *args: Any,
        **kwargs: Any,
    ) -> R:
        """Call *function*, whose outcome comes to the callback among its arguments.

        The callback's first argument, if it is an exception, is the error;
        otherwise its last one is the result.

        Args:
            position: The callback's place among the positional arguments, or its keyword.

        Raises:
            ChannelError: What is there can't be called.
        """
        if not self.has_subscribers:
            return function(*args, **kwargs)
        span, positional = self._span(context), list(args)
        given: Any = kwargs if isinstance(position, str) else positional
        try:
            callback = given[position]
        except LookupError:
            callback = None
        if not callable(callback):
            raise ChannelError(f"callback at {position!r} must be callable, not {callback!r}")
        given[position] = self._callback(callback, span)
        with span:
            return function(*positional, **kwargs)

    def trace_iterator(
        self,
        operation: Iterable[T] | Callable[..., Iterable[T]],
        context: object = None,
        /,
        *args: Any,
        **kwargs: Any,
    ) -> Generator[T, Any, Any]:
        """Iterate what *operation* is or gives, from the first item to the end.

        It starts when the first item is asked for; that it is closed early is
        no error.  What is sent or thrown in reaches a generator as it is.
        """
        running = iterating(operation(*args, **kwargs) if callable(operation) else operation)
        if not self.has_subscribers:
            return (yield from running)
        span = self._span(context, GeneratorExit)
        with span:
            result = yield from relay(running, span.scope)
            note(span.context, "result", result)
        return result

    def trace_async_iterator(
        self,
        operation: AsyncIterable[T] | Callable[..., AsyncIterable[T]],
        context: object = None,
        /,
        *args: Any,
        **kwargs: Any,
    ) -> AsyncGenerator[T, Any]:
        """Iterate asynchronously what *operation* is or gives, as :meth:`trace_iterator` does.

        A function is called at once.
        """
        made = operation(*args, **kwargs) if callable(operation) else operation
        return async_relaying(lambda: (async_iterating(made), self.begin(context)))()

    def span(self, context: object = None) -> Span:
        """Give a ``with``, or ``async with``, whose block is the operation."""
        if not self.has_subscribers:
            return IDLE
        return self._span(context)

    @overload
    def traced(self, function: F, /) -> F: ...
    @overload
    def traced(
        self, function: None = None, /, *, context: Callable[..., object] | None = None
    ) -> Callable[[F], F]: ...
    def traced(
        self, function: Any = None, /, *, context: Callable[..., object] | None = None
    ) -> Any:
        """Decorate a function, coroutine function, generator or asynchronous generator.

        The result has the same signature and is of the same kind.

        Args:
            context: Makes the context of each trace, of the arguments of the call.

        Raises:
            ChannelError: What it decorates is no function.
        """
        if function is None:
            return functools.partial(trace_function, self, make_context=context)
        return trace_function(self, function, context)

    def _span(self, context: object, *tolerated: type[BaseException]) -> Span:
        return Span(self, TraceContext() if context is None else context, tolerated)

    def begin(self, context: object = None) -> Span:
        """Begin a trace that no block or call encloses, as hooks of others need it.

        Call ``give_way()`` of the result when the caller has control again, and
        ``settle(error)`` when the outcome is there.
        """
        if not self.has_subscribers:
            return Span(_NOBODY, None)
        span = self._span(context, GeneratorExit)
        span.begin()
        return span

    async def _await(self, make: Callable[[], Awaitable[R]], context: object) -> R:
        awaitable = make()
        if not self.has_subscribers:
            return await awaitable
        span = self._span(context)
        span.begin()
        return await settle(awaitable, span, span.give_way)

    def _callback(self, callback: Callable[..., Any], span: Span) -> Callable[..., Any]:
        @functools.wraps(callback)
        def called_back(*outcome: Any, **named: Any) -> Any:
            error = outcome[0] if outcome and isinstance(outcome[0], BaseException) else None
            if error is None:
                note(span.context, "result", outcome[-1] if outcome else None)
            span.fail(error)
            with self.async_start.store_scope(span.context):
                try:
                    return callback(*outcome, **named)
                finally:
                    self.async_end.publish(span.context)

        return called_back

    def _member(self, event: str) -> Channel[Any]:
        member: Channel[Any] = getattr(self, event)
        return member

    def _follow_activity(self) -> None:
        self.has_subscribers = any(self._member(event).has_subscribers for event in EVENTS)


_NOBODY = TracingChannel({event: Channel(f"tapscope.nobody.{event}") for event in EVENTS})
