"""Functions that stand in for watched ones."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from types import BuiltinFunctionType, MethodDescriptorType
from typing import Any, cast

from .._patch import hide_us
from .activity import activity
from .iterators import streamed
from .watching import Watched


def wrapped(watched: Watched, function: Callable[..., Any]) -> Callable[..., Any]:
    """Give what the program calls in place of *function*, which is *watched*.

    It has its name, documentation, signature and colour.
    """
    if inspect.iscoroutinefunction(function):
        wrap = _coroutine
    elif inspect.isasyncgenfunction(function):
        wrap = _async_generator
    elif inspect.isgeneratorfunction(function):
        wrap = _generator
    elif _is_positional(function):
        wrap = _positional
    else:
        wrap = _any
    return _like(wrap(watched, function), function, watched.told.library)


def _like(
    wrapper: Callable[..., Any], function: Callable[..., Any], library: str
) -> Callable[..., Any]:
    # Methods of C do not say their module; pickle would take that for ours.
    wrapper.__module__ = library
    made: Any = functools.update_wrapper(wrapper, function)
    for name in ("__text_signature__", "__self__"):
        value = getattr(function, name, None)
        if value is not None:
            setattr(made, name, value)
    return made  # type: ignore[no-any-return]


def _is_positional(function: Callable[..., Any]) -> bool:
    """Whether it is known to take no argument by name: that it costs less to pass on."""
    if not isinstance(function, BuiltinFunctionType | MethodDescriptorType):
        return False
    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return False
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.VAR_POSITIONAL)
    return all(parameter.kind in kinds for parameter in parameters)


def _positional(watched: Watched, function: Callable[..., Any]) -> Callable[..., Any]:
    state = activity

    def call(*args: Any) -> Any:
        try:
            if state.on:
                return watched.call(function, args, {})
            return function(*args)
        except BaseException as error:
            hide_us(error)
            raise

    return call


def _any(watched: Watched, function: Callable[..., Any]) -> Callable[..., Any]:
    state = activity

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if state.on:
                return watched.call(function, args, kwargs)
            return function(*args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise

    return call


def _coroutine(watched: Watched, function: Callable[..., Any]) -> Callable[..., Any]:
    state = activity

    async def call(*args: Any, **kwargs: Any) -> Any:
        try:
            begun = watched.begin(args, kwargs) if state.on else None
            if begun is None:
                return await function(*args, **kwargs)
            try:
                result = await function(*args, **kwargs)
            except BaseException as error:
                begun.fail(error)
                raise
            begun.returned(result)
        except BaseException as error:
            hide_us(error)
            raise
        return result

    return call


def _generator(watched: Watched, function: Callable[..., Any]) -> Callable[..., Any]:
    state = activity

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            begun = watched.begin(args, kwargs) if state.on else None
            running: Generator[Any, Any, Any] = function(*args, **kwargs)
            if begun is not None:
                running = streamed(begun, running)
                begun.returned(None)
            return (yield from running)
        except BaseException as error:
            hide_us(error)
            raise

    return call


def _async_generator(watched: Watched, function: Callable[..., Any]) -> Callable[..., Any]:
    state = activity

    async def call(*args: Any, **kwargs: Any) -> Any:
        begun = watched.begin(args, kwargs) if state.on else None
        running: AsyncGenerator[Any, Any] = function(*args, **kwargs)
        if begun is not None:
            running = streamed(begun, running)
            begun.returned(None)
        step: Awaitable[Any] = running.__anext__()
        try:
            while True:
                try:
                    item = await step
                except StopAsyncIteration:
                    return
                try:
                    sent = cast("Any", (yield item))
                except GeneratorExit:
                    await running.aclose()
                    raise
                except BaseException as error:
                    step = running.athrow(error)
                else:
                    step = running.asend(sent)
        except BaseException as error:
            hide_us(error)
            raise

    return call
