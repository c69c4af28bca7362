"""Which values a message may hold: a decoder makes nothing that its class does not say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, get_args, get_type_hints

from ...channels.http import Headers
from .messages import MESSAGES, ConnectionInfo, Frame, SecurityInfo

M = TypeVar("M")


def make(kind: type[M], values: Sequence[Any]) -> M:
    """Make a *kind* of the *values* of its fields; what a newer sender has added is left out.

    Raises:
        TypeError: A value is missing, or of another type than the field's.
    """
    types, items = _TYPES[kind], _ITEMS[kind]
    if not all(map(isinstance, values, types)):
        raise TypeError(f"no {kind.__name__} holds {values!r:.200}")
    for index, check in items:
        if index < len(values) and not all(map(check, values[index])):
            raise TypeError(f"no {kind.__name__} holds {values[index]!r:.200}")
    return kind(*values[: len(types)])


def _is_header(pair: Any) -> bool:
    if pair.__class__ is not tuple or len(pair) != 2:
        return False
    return isinstance(pair[0], _TEXT) and isinstance(pair[1], _TEXT)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_frame(value: Any) -> bool:
    return isinstance(value, Frame)


_TEXT = (str, bytes)

_CHECKS: dict[Any, Callable[[Any], bool]] = {
    Headers: _is_header,
    tuple[Frame, ...]: _is_frame,
    tuple[str, ...]: _is_text,
}

_HINTS: dict[type, list[Any]] = {
    kind: list(get_type_hints(kind).values())
    for kind in (*MESSAGES, Frame, ConnectionInfo, SecurityInfo)
}
_TYPES: dict[type, list[Any]] = {
    kind: [tuple if hint in _CHECKS else get_args(hint) or hint for hint in hints]
    for kind, hints in _HINTS.items()
}
_ITEMS: dict[type, list[tuple[int, Callable[[Any], bool]]]] = {
    kind: [(index, _CHECKS[hint]) for index, hint in enumerate(hints) if hint in _CHECKS]
    for kind, hints in _HINTS.items()
}
