"""Responses 103 of HTTP/1, which httpcore reads and says nothing of."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from http import HTTPStatus
from importlib import import_module
from types import FrameType
from typing import Any

from ..channels.exchange import ClientExchange
from ..channels.http import client
from ._patch import Undo, hide_us, patch, report
from ._streams import AsyncRequestStream, RequestStream

MAX_FRAMES = 10
"""How far from where h11 makes the response httpcore waits for it."""


def hook() -> Undo:
    """Watch h11 make what comes before a response."""
    return patch(import_module("h11").InformationalResponse, "__init__", _wrap_init)


def _wrap_init(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def __init__(self: Any, **fields: Any) -> None:  # noqa: N807  # it stands for that
        try:
            original(self, **fields)
        except BaseException as error:
            hide_us(error)
            raise
        if client.headers.has_subscribers and self.status_code == HTTPStatus.EARLY_HINTS:
            try:
                _publish(self)
            except Exception:
                report("h11")

    return __init__


def _publish(response: Any) -> None:
    exchange = _awaited()
    if exchange is not None:
        exchange.hinted([(bytes(name), bytes(value)) for name, value in response.headers])


def _awaited() -> ClientExchange | None:
    """Give the exchange whose response httpcore waits for here.

    It is read from the frame, since anything else would cost every request.
    """
    frame: FrameType | None = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
    for _ in range(MAX_FRAMES):
        if frame is None:
            return None
        stream = getattr(frame.f_locals.get("request"), "stream", None)
        if isinstance(stream, RequestStream | AsyncRequestStream):
            return stream.exchange
        frame = frame.f_back
    return None
