"""The attribute in which a server keeps its application.

What the server has stays what it was given, so nothing of ours is left in it
when the hook is taken out, and one that was made before the hook is watched too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from ...channels.http import server
from .._patch import Undo


class _Application:
    """A data descriptor for an attribute of instances, which reads as watched while heard."""

    def __init__(self, name: str, watched: Callable[[Any], Any]) -> None:
        self.uses = 0
        self._name = name
        self._watched = watched

    def __get__(self, holder: Any, owner: Any = None) -> Any:
        try:
            app = _own(holder)[self._name]
        except (KeyError, TypeError):
            raise AttributeError(self._name) from None
        if app is None or not server.start.has_subscribers:
            return app
        return self._watched(app)

    def __set__(self, holder: Any, app: Any) -> None:
        _own(holder)[self._name] = app

    def __delete__(self, holder: Any) -> None:
        try:
            del _own(holder)[self._name]
        except KeyError:
            raise AttributeError(self._name) from None


def watch_attribute(owner: Any, name: str, watched: Callable[[Any], Any]) -> Undo:
    """Have instances of *owner* give ``watched(app)`` for their attribute *name*."""
    own = _own(owner).get(name)
    descriptor = own if isinstance(own, _Application) else _Application(name, watched)
    descriptor.uses += 1
    setattr(owner, name, descriptor)
    over = False

    def undo() -> None:
        nonlocal over
        if over:
            return
        over = True
        descriptor.uses -= 1
        if not descriptor.uses and _own(owner).get(name) is descriptor:
            delattr(owner, name)

    return undo


def _own(holder: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", vars(holder))
