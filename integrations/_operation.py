"""Telling that all requests sent inside one call of a function belong together."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from ..channels.exchange import Operation
from ..channels.http import client
from ._patch import hide_us


def operation(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give *original*, with each call an :class:`Operation`."""

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if not client.start.has_subscribers:
                return original(*args, **kwargs)
            with Operation():
                return original(*args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise

    return call


def async_operation(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Give the coroutine function *original*, with each call an :class:`Operation`."""

    @functools.wraps(original)
    async def call(*args: Any, **kwargs: Any) -> Any:
        try:
            if not client.start.has_subscribers:
                return await original(*args, **kwargs)
            with Operation():
                return await original(*args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise

    return call
