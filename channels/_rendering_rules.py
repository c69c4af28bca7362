"""Which rule renders an object of a type."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import attrs

from ._lock import lock
from ._rendering_types import (
    MISSING,
    bases,
    is_native,
    is_original,
    name_of,
    own_entry,
)

if TYPE_CHECKING:
    from ._rendering_walk import Plain, Walk

_MAX_FOUND = 1_000

Shower: TypeAlias = "Callable[[Walk, Any, type], Plain]"
"""Gives what is shown of a value; the type is that of the rule, for its unbound methods."""
F = TypeVar("F", bound=Shower)


@attrs.frozen(eq=False)
class Rule:
    """How the objects of a type and its subclasses are shown.

    Attributes:
        show: Gives it.
        base: The type that has the rule.
        nested: Whether it looks into the object, and so counts as a level and may meet a cycle.
    """

    show: Shower
    base: type
    nested: bool = False


# By the address of a type: its hash may be the program's code.
exact: dict[int, Rule] = {}
_named: dict[str, Rule] = {}
_marked: dict[str, Rule] = {}
_found: dict[int, tuple[weakref.ref[type], Rule]] = {}
_layers: dict[int, list[Rule]] = {}


def shows(*kinds: type | str, nested: bool = False) -> Callable[[F], F]:
    """Make the function the rule of *kinds*, given by name if they are not to be imported."""

    def decide(show: F) -> F:
        for kind in kinds:
            if isinstance(kind, str):
                _named[kind] = Rule(show, object, nested)
            else:
                exact[id(kind)] = Rule(show, kind, nested)
        return show

    return decide


def shows_marked(mark: str) -> Callable[[F], F]:
    """Make the function the rule of classes that have *mark* in their body."""

    def decide(show: F) -> F:
        _marked[mark] = Rule(show, object, nested=True)
        return show

    return decide


def rule_of(kind: type) -> Rule:
    """Give the rule of *kind*; it is remembered, as searching takes microseconds."""
    rule = exact.get(id(kind))
    if rule is not None:
        return rule
    found = _found.get(id(kind))
    if found is not None and found[0]() is kind:
        return found[1]
    rule = _search(kind)
    if len(_found) >= _MAX_FOUND:
        _found.clear()
    _found[id(kind)] = (weakref.ref(kind), rule)
    return rule


def put_first(kind: type, rule: Rule) -> Callable[[], None]:
    """Have *rule* for *kind* before any other; the result takes it back."""
    key = id(kind)
    with lock:
        layers = _layers.setdefault(key, [exact[key]] if key in exact else [])
        layers.append(rule)
        _use_last(key)

    def take_back() -> None:
        with lock:
            layers.remove(rule)
            _use_last(key)

    return take_back


def _use_last(key: int) -> None:
    layers = _layers[key]
    if layers:
        exact[key] = layers[-1]
    else:
        exact.pop(key, None)
        del _layers[key]
    _found.clear()


def _search(kind: type) -> Rule:
    for base in bases(kind):
        rule = exact.get(id(base)) or _by_name(base) or _by_mark(base)
        if rule is not None:
            return rule
    return exact[id(object)]


def _by_name(kind: type) -> Rule | None:
    name = name_of(kind)
    rule = _named.get(name)
    if rule is None or not is_original(kind, name):
        return None
    return attrs.evolve(rule, base=kind)


def _by_mark(kind: type) -> Rule | None:
    if is_native(kind):
        return None
    for mark, rule in _marked.items():
        if own_entry(kind, mark) is not MISSING:
            return attrs.evolve(rule, base=kind)
    return None
