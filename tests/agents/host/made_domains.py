"""Domains that Hypothesis makes: types of any kind, and values that fit them or don't."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin, get_type_hints

import attrs
from hypothesis import strategies as st

from tapscope.agents.domains import Domain, command
from tapscope.agents.host.protocol.shapes import without_none

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "red", "small", "other"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "plainField", "leaf"]), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = ["plain_field", "document_url", "leaf", "b2"]


class Color(enum.Enum):
    """One of two."""

    RED = "red"
    BLUE = "blue"


@attrs.frozen
class Tree:
    """A type that mentions itself."""

    leaf: str
    left: Tree | None = None
    others: list[Tree] = attrs.field(factory=list["Tree"])


_numbers = itertools.count(1)
_SCALARS: list[Any] = [str, int, float, bool, Any, object, Color, Tree, Literal["small", "red"]]


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        inner.map(lambda hint: list[hint]),  # type: ignore[valid-type]
        inner.map(lambda hint: tuple[hint, ...]),  # type: ignore[valid-type]
        inner.map(lambda hint: dict[str, hint]),  # type: ignore[valid-type]
        classes(inner),
    )


@st.composite
def classes(draw: st.DrawFn, hints: st.SearchStrategy[Any]) -> type:
    """An attrs class with fields that are needed, optional, or may be ``None``."""
    body: dict[str, Any] = {"__doc__": "Made up.", "__annotations__": {}, "__module__": __name__}
    for name in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3)):
        hint, kind = draw(hints), draw(st.sampled_from(["needed", "optional", "none"]))
        body["__annotations__"][name] = hint | None if kind == "none" else hint
        if kind != "needed":
            body[name] = attrs.field(default=None if kind == "none" else _default(hint))
    return attrs.frozen(type(f"Made{next(_numbers)}", (), body), kw_only=True)


HINTS = st.recursive(st.sampled_from(_SCALARS), _nested, max_leaves=5)


def _default(hint: Any) -> Any:
    """A default of that type, as Python has it; for a class there is none."""
    made: dict[Any, Any] = {str: "x", int: 1, float: 0.5, bool: True, Color: Color.RED}
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    origin = get_origin(hint)
    return origin() if origin else made.get(hint, attrs.NOTHING)


@st.composite
def values(draw: st.DrawFn, hint: Any, wrong: float = 0.1) -> Any:
    """JSON for *hint*: each piece of it is anything else with the probability *wrong*."""
    if draw(st.floats(0, 1)) < wrong:
        return draw(JSON)
    kept, optional = without_none(hint)
    if optional and draw(st.booleans()):
        return None
    return draw(_fitting(kept, wrong))


def _fitting(hint: Any, wrong: float) -> st.SearchStrategy[Any]:
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=3),
        int: st.integers(-(2**53), 2**53),
        float: st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 9),
        bool: st.booleans(),
        Color: st.sampled_from(["red", "blue"]),
        Any: JSON,
        object: JSON,
    }
    if hint in simple:
        return simple[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return st.sampled_from(args)
    if origin in (list, tuple):
        return st.lists(values(args[0], wrong), max_size=2)
    if origin is dict:
        return st.dictionaries(st.text(max_size=2), values(args[1], wrong), max_size=2)
    return objects(hint, wrong)


@st.composite
def objects(draw: st.DrawFn, kind: type, wrong: float) -> dict[str, Any]:
    """JSON for an attrs class: what may be left out sometimes is, and what is unknown comes."""
    made: dict[str, Any] = draw(
        st.builds(dict[str, Any]) | st.dictionaries(st.just("unknown"), JSON)
    )
    hints = get_type_hints(kind)
    for field in attrs.fields(kind):
        needed = field.default is attrs.NOTHING
        if needed or draw(st.booleans()):
            made[_wire(field.name)] = draw(values(hints[field.name], wrong))
    return made


def _wire(name: str) -> str:
    return {"plain_field": "plainField", "document_url": "documentURL"}.get(name, name)


def domain_taking(hint: Any) -> type[Domain]:
    """A domain with a command that takes a *value* of that type, and an event that has one."""

    def take(self: Domain, value: Any) -> None:
        """Take it."""

    take.__annotations__ = {"value": hint, "return": None}
    told: Any = type(
        "Told", (), {"__doc__": "It.", "__annotations__": {"value": hint}, "__module__": __name__}
    )
    body = {
        "__doc__": "Made up.",
        "name": "Made",
        "events": (attrs.frozen(told),),
        "take": command(take),
    }
    made: type[Domain] = type("Made", (Domain,), body)
    return made


def taker(domain: type[Domain]) -> Callable[[dict[str, Any]], dict[str, object]]:
    """What checks the parameters of the command of :func:`domain_taking`."""
    return domain.commands["take"].arguments
