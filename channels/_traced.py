"""``@trace.traced``: one decorator for functions of any colour."""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, Callable
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any

from ._driving import async_relaying
from ._errors import ChannelError
from ._spans import Span
from ._transform import Transformer
from ._wrapping import wrapped


def trace_function(
    trace: Any, function: Callable[..., Any], make_context: Callable[..., Any] | None
) -> Any:
    """Give *function* as it is, but traced by *trace* while that has subscribers.

    Raises:
        ChannelError: *function* is none.
    """
    if not callable(function) or isinstance(function, staticmethod):
        raise ChannelError(
            f"traced decorates functions, not {function!r}; put it below "
            "@staticmethod, @classmethod and @property"
        )
    context = _contexts(trace, make_context)
    if isasyncgenfunction(function):
        return _async_generator(trace, function, context)
    return wrapped(trace, function, _traced(trace, function, context))


def _contexts(trace: Any, make: Callable[..., Any] | None) -> Callable[..., Any]:
    if make is None:
        return lambda *_, **__: None
    transformer = Transformer(trace.start.name, make)
    return lambda *args, **kwargs: next(iter(transformer(*args, **kwargs)), None)


def _traced(
    trace: Any, function: Callable[..., Any], context: Callable[..., Any]
) -> Callable[..., Any]:
    if iscoroutinefunction(function):
        tracing = trace.trace_async
    elif isgeneratorfunction(function):
        tracing = trace.trace_iterator
    else:
        tracing = trace.trace_sync
    return lambda *args, **kwargs: tracing(function, context(*args, **kwargs), *args, **kwargs)


def _async_generator(
    trace: Any, function: Callable[..., Any], context: Callable[..., Any]
) -> Callable[..., Any]:
    def begin(*args: Any, **kwargs: Any) -> tuple[AsyncGenerator[Any, Any], Span]:
        made = context(*args, **kwargs) if trace.has_subscribers else None
        return function(*args, **kwargs), trace.begin(made)

    return functools.update_wrapper(async_relaying(begin), function)
