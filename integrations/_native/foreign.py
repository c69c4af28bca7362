"""Functions of ctypes: those of a library, and pointers that are at hand.

The functions of a library are all of one class, which is the library's own.  While
somebody listens that class calls through us; so the functions stay what they are,
also those that the program has got already, and those it gets later.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Mapping
from typing import Any, cast

import attrs

from ...channels.calling import NativeCall
from .._patch import Undo, hide_us
from .activity import activity
from .handing import handed
from .selection import Selection
from .types import type_of
from .watching import Arguments, Function, Keywords, Watched

Pointer: Any = vars(ctypes)["_CFuncPtr"]
"""The class of all functions of ctypes, which has no public name."""

_HOLDS_LOCK = 4  # FUNCFLAG_PYTHONAPI
_SETS_ERRNO = 8  # FUNCFLAG_USE_ERRNO


@attrs.define(eq=False)
class ForeignFunction(Watched):
    """What is watched of a function of ctypes."""

    sets_errno: bool = False

    def errno(self) -> int | None:
        """See :meth:`Watched.errno`."""
        return ctypes.get_errno() if self.sets_errno else None

    def _run(
        self, call: NativeCall | None, function: Function, args: Arguments, kwargs: Keywords
    ) -> Any:
        if call is None:
            return function(*args, **kwargs)
        with handed(call, args):
            return function(*args, **kwargs)


Find = Callable[[Any], Watched | None]


class PointerClass:
    """A class of function pointers, some of which are watched."""

    def __init__(self, kind: Any) -> None:
        self._kind = kind
        self._finders: list[Find] = []
        self._real: Function = kind.__call__
        self._unfollow: Callable[[], None] | None = None

    def add(self, find: Find) -> Undo:
        """Watch the pointers for which *find* gives something."""
        self._finders.append(find)
        if self._unfollow is None:
            self._unfollow = activity.follow(self._refresh)
        self._refresh()

        def undo() -> None:
            if find in self._finders:
                self._finders.remove(find)
                self._refresh()

        return undo

    def _refresh(self) -> None:
        """Have the class call through us, or not."""
        wanted, there = bool(self._finders) and activity.on, "__call__" in vars(self._kind)
        if wanted and not there:
            self._kind.__call__ = self._calling()
        elif there and not wanted:
            del self._kind.__call__

    def _calling(self) -> Function:
        real = self._real

        def call(pointer: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                watched = self._find(pointer)
                if watched is None:
                    return real(pointer, *args, **kwargs)
                return watched.call(functools.partial(real, pointer), args, kwargs)
            except BaseException as error:
                hide_us(error)
                raise

        return call

    def _find(self, pointer: Any) -> Watched | None:
        for find in self._finders:
            watched = find(pointer)
            if watched is not None:
                return watched
        return None


_classes: dict[Any, PointerClass] = {}


def watch_library(library: Any, selection: Selection) -> Undo:
    """Watch the functions of a ``CDLL`` or a ``PyDLL``."""
    name = library._name or "(the program)"  # noqa: SLF001  # as ctypes documents it
    return _class_of(library._FuncPtr).add(_Named(name, selection).find)  # noqa: SLF001  # likewise


def watch_pointer(pointer: Any, selection: Selection) -> Undo:
    """Watch one function pointer."""
    kind = type_of(pointer)
    name = getattr(pointer, "__name__", None)
    label = name if isinstance(name, str) and name != kind.__name__ else "(pointer)"
    watched = _watched(kind, "ctypes", label, selection)

    def find(called: Any) -> Watched | None:
        return watched if called is pointer else None

    return _class_of(kind).add(find)


@attrs.define(eq=False)
class _Named:
    """The functions of a library, by the names they were got by."""

    library: str
    selection: Selection
    _known: dict[str, Watched | None] = attrs.field(factory=dict[str, "Watched | None"])

    def find(self, pointer: Any) -> Watched | None:
        name = cast("Mapping[str, object]", vars(pointer)).get("__name__")
        if not isinstance(name, str):
            return None
        if name not in self._known:
            wanted = self.selection.has(name)
            made = _watched(type(pointer), self.library, name, self.selection)
            self._known[name] = made if wanted else None
        return self._known[name]


def _watched(kind: Any, library: str, name: str, selection: Selection) -> Watched:
    flags: int = kind._flags_  # as ctypes documents it
    like = selection.watched(library, name, "ctypes", locked=bool(flags & _HOLDS_LOCK))
    return ForeignFunction(like.told, like.bind, bool(flags & _SETS_ERRNO))


def _class_of(kind: Any) -> PointerClass:
    if kind not in _classes:
        _classes[kind] = PointerClass(kind)
    return _classes[kind]


def is_library(value: object) -> bool:
    """Whether *value* is a library that ctypes has loaded."""
    return isinstance(value, ctypes.CDLL)


def is_pointer(value: object) -> bool:
    """Whether *value* is a function of ctypes."""
    return isinstance(value, Pointer)
