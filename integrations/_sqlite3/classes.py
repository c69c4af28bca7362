"""The classes that stand between a program's connections and cursors, and C.

The C classes can't be changed, so each object gets a class that has one of the
two below in front of the C class in its method resolution order: ours alone, or
under the program's own subclass, where it sees what that really sends.  Ours
have no methods of their own until somebody listens, but for the one that makes
cursors; so a program that nobody watches runs C code.

To the program the classes look like those they stand for: by name, by
``__class__``, by ``isinstance``.  Only ``type(connection) is sqlite3.Connection``
is not true.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast
from weakref import ref

from ...channels import Channel
from ...channels.database import connections, statements
from .._patch import Undo, hide_us
from .methods import connection_methods, cursor_methods
from .results import forget_results


def _named_like(original: type[Any], slots: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "__slots__": slots,
        "__module__": original.__module__,
        "__qualname__": original.__qualname__,
        "__doc__": original.__doc__,
        # Found on the class like any attribute, and costs no call as a property would.
        "__class__": original,
    }


def _make_cursor(self: Any, /, *args: Any, **kwargs: Any) -> Any:
    try:
        if not args and not kwargs:
            return _original_cursor(self, Cursor)
        made = _original_cursor(
            self, *map(_ours, args), **{name: _ours(value) for name, value in kwargs.items()}
        )
    except BaseException as error:
        hide_us(error)
        raise
    adopt(made, Cursor)
    return made


def _ours(factory: object) -> object:
    return Cursor if factory is sqlite3.Cursor else factory


_original_cursor = cast("Callable[..., Any]", sqlite3.Connection.cursor)

Cursor: type[sqlite3.Cursor] = type("Cursor", (sqlite3.Cursor,), _named_like(sqlite3.Cursor))
"""What is made where the program asks for a plain cursor."""

Connection: type[sqlite3.Connection] = type(
    "Connection",
    (sqlite3.Connection,),
    {
        **_named_like(sqlite3.Connection, ("__weakref__",)),
        "cursor": functools.wraps(_original_cursor)(_make_cursor),
    },
)
"""What is made where the program asks for a plain connection."""

_METHODS = {Cursor: cursor_methods(), Connection: connection_methods(Cursor)}

_CHANNELS: tuple[Channel[Any], ...] = statements.start, connections.start
_uses: list[object] = []

_set_class = vars(object)["__class__"].__set__


class _Adoption(ref[type[Any]]):
    """Refers to a program's class, and knows the class that its instances get."""

    __slots__ = ("key", "made")

    key: int
    made: ref[type[Any]]


# Nothing here keeps a program's class alive, nor asks its metaclass to compare it.
_adoptions: dict[int, _Adoption] = {}


def adopt(made: object, ours: type[Any]) -> None:
    """Put *ours* under the program's own class of *made*, if that class allows it."""
    kind: type[Any] = type(made)
    known = _adoptions.get(id(kind))
    found = None if known is None else known.made()
    if found is None:
        found = _adopting(kind, ours)
    if found is not kind:
        try:
            _set_class(made, found)
        except TypeError:  # its instances are laid out in a way of their own
            _remember(kind, kind)


def follow_activity() -> Undo:
    """Have the classes publish while somebody listens, until every use of this is undone."""
    use = object()
    _uses.append(use)
    watching = [channel.watch_activity(_follow) for channel in _CHANNELS]
    _follow()

    def undo() -> None:
        if use in _uses:
            _uses.remove(use)
            for each in watching:
                each.close()
            _follow()

    return undo


def _follow() -> None:
    """Give the classes their methods, or take them away."""
    on = bool(_uses) and any(channel.has_subscribers for channel in _CHANNELS)
    if on is ("close" in vars(Cursor)):
        return
    for owner, methods in _METHODS.items():
        for name, method in methods.items():
            if on:
                setattr(owner, name, method)
            else:
                delattr(owner, name)
    if not on:
        forget_results()


def _adopting(kind: type[Any], ours: type[Any]) -> type[Any]:
    """Make the class for instances of *kind*: *kind* itself, if they are to stay as they are."""
    found = kind
    if not issubclass(kind, ours) and _is_plain(kind):
        with suppress(TypeError):  # its bases can't be brought into an order with ours
            found = type(kind.__name__, (kind, ours), _named_like(kind))
    _remember(kind, found)
    return found


def _remember(kind: type[Any], made: type[Any]) -> None:
    adoption = _Adoption(kind, _forget)
    adoption.key, adoption.made = id(kind), ref(made)
    _adoptions[adoption.key] = adoption


def _forget(adoption: _Adoption) -> None:
    _adoptions.pop(adoption.key, None)


def _is_plain(kind: type[Any]) -> bool:
    """Whether nothing of the program's runs when *kind* gets a subclass."""
    own = (vars(each) for each in kind.__mro__ if each is not object)
    return type(kind) is type and not any("__init_subclass__" in names for names in own)
