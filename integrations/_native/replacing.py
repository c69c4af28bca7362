"""Attributes that are replaced as long as somebody wants that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import attrs

from ...channels import TapscopeError
from .._patch import Undo
from .sealed import SealedClass, is_sealed


class CannotReplace(TapscopeError):
    """The attribute can't be set: the class is the interpreter's, or the object has no room."""


_MISSING = object()


@attrs.define(eq=False)
class _Place:
    owner: Any
    name: str
    original: Any
    replacement: Any
    users: int = 0

    def put(self, value: Any) -> None:
        """Set it; a class that refuses that has it set all the same."""
        try:
            setattr(self.owner, self.name, value)
        except (AttributeError, TypeError) as error:
            if not is_sealed(self.owner):
                kind = type(self.owner).__name__
                raise CannotReplace(f"{self.name!r} of {kind!r} can't be set") from error
            SealedClass(self.owner).set(self.name, value)


_places: dict[tuple[int, str], _Place] = {}


def replace(owner: Any, name: str, replacement: Any) -> Undo:
    """Have ``owner.name`` be *replacement*; if it is replaced already, leave that there.

    Returns:
        Takes this use back; what stood there is put back with the last one.

    Raises:
        CannotReplace: The owner does not allow that.
    """
    key = id(owner), name
    place = _places.get(key)
    if place is None:
        place = _Place(owner, name, _own(owner).get(name, _MISSING), replacement)
        place.put(replacement)
        _places[key] = place
    place.users += 1
    over = False

    def undo() -> None:
        nonlocal over
        if not over:
            over = True
            _leave(key, place)

    return undo


def _leave(key: tuple[int, str], place: _Place) -> None:
    place.users -= 1
    if place.users:
        return
    del _places[key]
    # Somebody who replaced it after us holds ours: taking that out would break his way back.
    if _own(place.owner).get(place.name) is not place.replacement:
        return
    if place.original is _MISSING:
        delattr(place.owner, place.name)
    else:
        place.put(place.original)


def _own(owner: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", getattr(owner, "__dict__", {}))
