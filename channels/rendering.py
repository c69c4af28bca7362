"""Plain data for any object of the program: what of it is shown.

Nothing of the program is called to get it: no method, property or ``repr`` of
its classes, only what is in its objects.  What is cut short says by how much.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from itertools import repeat
from types import TracebackType
from typing import Any, Final, TypeVar, final

import attrs

from . import (
    _rendering_builtins,  # noqa: F401  # pyright: ignore[reportUnusedImport]  # it has rules
    _rendering_ctypes,  # noqa: F401  # pyright: ignore[reportUnusedImport]  # so has it
    _rendering_memory,  # noqa: F401  # pyright: ignore[reportUnusedImport]  # and it
    _rendering_stdlib,  # noqa: F401  # pyright: ignore[reportUnusedImport]  # and it
)
from ._errors import TapscopeError
from ._rendering_rules import Rule, put_first
from ._rendering_types import name_of, type_of
from ._rendering_walk import SHORT, Limits, Plain, Walk, cost_at_once

__all__ = ["DEFAULT", "Limits", "Plain", "Renderer", "RenderingError", "render", "renderer"]

T = TypeVar("T")

DEFAULT: Final = Limits()

_PLAIN = (type(None), bool, int, float, str, bytes, list, tuple, dict)
_FEW = 16
_EVERY_SHORT = repeat(SHORT)

_log = logging.getLogger("tapscope")


class RenderingError(TapscopeError):
    """A renderer was registered for what can't have one; the caller is at fault."""


def render(value: object, limits: Limits = DEFAULT) -> Plain:
    """Give what is shown of *value*, as data that any format can carry.

    Never raises and has no effects; in the thread that owns the value it takes
    what is there now, and copies it.  Tuples and sets become lists, keys texts.
    """
    if limits is DEFAULT:
        if cost_at_once(value, DEFAULT.text):
            return value  # type: ignore[return-value]
        few = _few(value)
        if few is not None:
            return few
    try:
        return Walk(limits, limits.total).value(value)
    except Exception:  # there is no room left on the stack, or in memory
        return "<unreadable>"


def _few(value: Any) -> list[Plain] | dict[str, Plain] | None:
    """Give a container as it is, if it has few items and all are plain and small."""
    kind = type_of(value)
    if kind is tuple or kind is list:
        if len(value) <= _FEW:
            items = [*value]
            if _are_at_once(items):
                return items
    elif kind is dict and len(value) <= _FEW:
        entries = value.copy()
        if all(type(key) is str for key in entries) and _are_at_once([*entries, *entries.values()]):
            return entries  # type: ignore[no-any-return]
    return None


def _are_at_once(items: list[Any]) -> bool:
    return 0 not in map(cost_at_once, items, _EVERY_SHORT)


@final
@attrs.define(eq=False)
class Renderer:
    """What one :func:`renderer` made; ends with ``close()`` or at the end of a ``with``."""

    kind: type
    function: Callable[[Any], object]
    _reported: bool = attrs.field(default=False, init=False)
    _take_back: Callable[[], None] | None = attrs.field(default=None, init=False)

    def close(self) -> None:
        """Show objects of the type as before; a second call does nothing."""
        take_back, self._take_back = self._take_back, None
        if take_back is not None:
            take_back()

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _register(self) -> None:
        self._take_back = put_first(self.kind, Rule(self._show, self.kind, nested=True))

    def _show(self, walk: Walk, value: object, _: type) -> Plain:
        try:
            shown = self.function(value)
        except Exception as error:
            self._report(error)
            return walk.summary(type(value))
        return walk.value(shown)

    def _report(self, error: Exception) -> None:
        if self._reported:
            return
        self._reported = True
        with contextlib.suppress(Exception):  # the program's handlers may do anything
            _log.error(
                "%s, renderer of %s, failed; what it fails on is shown by its type",
                render(self.function),
                name_of(self.kind),
                exc_info=error,
            )


def renderer(kind: type[T], function: Callable[[T], object]) -> Renderer:
    """Show objects of *kind*, and of its subclasses, as what *function* gives for them.

    What it gives is shown in its turn, within the limits.  It is called in the
    thread that published the object, at once.  If it raises, the object is shown
    by the name of its type, and the first such error is logged on ``tapscope``.
    The latest registered wins.

    Raises:
        RenderingError: *kind* is no type, or one that is shown as it is; or
            *function* can't be called.
    """
    if not issubclass(type(kind), type) or any(kind is plain for plain in (*_PLAIN, object)):
        raise RenderingError(f"a renderer is for a class that is not plain data, not {kind!r}")
    if not callable(function):
        raise RenderingError(f"the renderer of {kind!r} must be callable, not {function!r}")
    made = Renderer(kind, function)
    made._register()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # it is of this module
    return made
