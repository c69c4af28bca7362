"""Whatever a program puts into its objects, showing them does nothing to it and is bounded."""

from __future__ import annotations

import abc
import array
import collections
import ctypes
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import threading
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

import attrs
import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.channels.rendering import DEFAULT, Limits, Plain, render

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=50)
    | st.binary(max_size=50),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=20), inner),
    max_leaves=20,
)


@given(plain)
def test_plain_data_is_shown_as_it_is(value: Plain) -> None:
    assert repr(render(value, attrs.evolve(DEFAULT, depth=100))) == repr(value)


@given(plain)
def test_what_is_shown_is_shown_the_same_again(value: Plain) -> None:
    once = render(value)
    assert repr(render(once)) == repr(once)


class Alarms:
    """Traps for the bodies of classes, which note when they are stepped on."""

    def __init__(self) -> None:
        self.raised: list[str] = []
        self.armed = False

    def trap(self, name: str) -> Callable[..., Any]:
        """Give a method or a getter that nobody is to call."""

        def spring(*_: object, **__: object) -> Any:
            if self.armed:
                self.raised.append(name)
            raise AttributeError(name)

        return spring

    def body(self, properties: list[str]) -> dict[str, object]:
        """Give the part of a class's body that can't be set later."""
        names = [name for name in properties if name.startswith("__")]
        return {name: property(self.trap(name)) for name in names}

    def lay(self, owner: type, methods: list[str], properties: list[str]) -> None:
        """Set what making an object may still have needed."""
        for name in methods:
            type.__setattr__(owner, name, self.trap(name))
        for name in properties:
            if not name.startswith("__"):
                type.__setattr__(owner, name, property(self.trap(name)))


NOT_SHOWN = {object, type, dt.tzinfo}  # but by their names, or differently
METHODS = (
    *("__getattribute__", "__getattr__", "__setattr__", "__repr__", "__str__", "__bytes__"),
    *("__format__", "__hash__", "__eq__", "__ne__", "__lt__", "__bool__", "__len__"),
    *("__length_hint__", "__iter__", "__next__", "__reversed__", "__contains__", "__getitem__"),
    *("__missing__", "__int__", "__float__", "__index__", "__complex__", "__add__", "__call__"),
    *("__get__", "__set__", "__reduce__", "__reduce_ex__", "__sizeof__", "__fspath__"),
    *("__buffer__", "__dir__", "keys", "items", "values", "get", "isoformat", "utcoffset"),
    *("tolist", "tobytes", "mro"),
)
PROPERTIES = (
    *("__class__", "__dict__", "__doc__", "__module__", "args", "value", "name", "shape"),
    *("dtype", "tzinfo", "year", "numerator", "int", "typecode"),
)
META_METHODS = (
    *("__getattribute__", "__getattr__", "__setattr__", "__repr__", "__str__", "__hash__"),
    *("__eq__", "__call__", "__len__", "__iter__", "__contains__", "__getitem__"),
    *("__instancecheck__", "__subclasscheck__", "__subclasses__", "__dir__"),
)
META_PROPERTIES = (
    *("__class__", "__name__", "__module__", "__dict__", "__mro__", "__bases__"),
    "__flags__",
)


def filled(add: Callable[..., object], *content: Any) -> Callable[[Any, Any], object]:
    """Give a maker of containers: *add* is the base class's own method."""

    def make(cls: Any, inside: object) -> object:
        made = cls.__new__(cls)
        add(made, *content, inside)
        return made

    return make


@attrs.define(slots=False, eq=False)
class Attrs:
    first: int
    second: object


@dataclasses.dataclass(slots=True)
class Slotted:
    first: int
    second: object


class Named(NamedTuple):
    first: int
    second: object


MAKERS: dict[type, Callable[[Any, Any], object]] = {
    object: lambda cls, _: cls(),
    str: lambda cls, _: cls("text"),
    bytes: lambda cls, _: cls(b"data"),
    bytearray: lambda cls, _: cls(b"data"),
    int: lambda cls, _: cls(3),
    float: lambda cls, _: cls(0.5),
    complex: lambda cls, _: cls(1, 2),
    tuple: lambda cls, inside: cls((1, inside)),
    list: filled(list[object].append),
    dict: filled(dict[object, object].__setitem__, "key"),
    collections.OrderedDict: filled(dict[object, object].__setitem__, "key"),
    collections.deque: filled(collections.deque[object].append),
    set: lambda cls, _: cls({1, 2}),
    frozenset: lambda cls, _: cls({1, 2}),
    Exception: lambda cls, inside: cls("bad", inside),
    dt.datetime: lambda cls, _: cls(2026, 5, 4),
    dt.date: lambda cls, _: cls(2026, 5, 4),
    dt.time: lambda cls, _: cls(12),
    dt.timedelta: lambda cls, _: cls(3),
    dt.tzinfo: lambda cls, _: dt.datetime(2026, 5, 4, tzinfo=cls()),
    decimal.Decimal: lambda cls, _: cls("1.1"),
    fractions.Fraction: lambda cls, _: cls(1, 3),
    uuid.UUID: lambda cls, _: cls(int=3),
    array.array: lambda cls, _: cls("i", [1, 2]),
    type: lambda cls, _: cls("Made", (), {}),
    ctypes.c_int: lambda cls, _: cls(3),
    ctypes.c_void_p: lambda cls, _: cls(3),
    **dict.fromkeys([Attrs, Slotted, Named], lambda cls, inside: cls(1, inside)),
}
type_of: Callable[[object], type[object]] = type


@attrs.frozen
class Spec:
    """What to build a hostile object from; Hypothesis can show it, unlike the object."""

    base: Any
    methods: list[str]
    properties: list[str]
    meta_methods: list[str]
    meta_properties: list[str]
    inside: Any

    def build(self, alarms: Alarms) -> object:
        inside = self.inside.build(alarms) if isinstance(self.inside, Spec) else self.inside
        # The metaclass of abstract classes needs what it would not get.
        hidden = [] if type(self.base) is abc.ABCMeta else self.meta_properties
        meta: Any = type("Meta", (type_of(self.base),), alarms.body(hidden))
        cls = meta("Hostile", (self.base,), alarms.body(self.properties))
        made = MAKERS[self.base](cls, inside)
        alarms.lay(cls, self.methods, self.properties)
        alarms.lay(meta, self.meta_methods, self.meta_properties)
        return made


def some_of(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.just([*names]) | st.lists(st.sampled_from(names), max_size=4, unique=True)


def specs(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    meta = some_of(META_METHODS), some_of(META_PROPERTIES)
    own = some_of(METHODS), some_of(PROPERTIES)
    return st.builds(Spec, st.sampled_from([*MAKERS]), *own, *meta, inside)


hostile = st.recursive(st.none() | st.text(max_size=300), specs, max_leaves=5)
limits = st.builds(
    Limits,
    depth=st.integers(0, 8),
    items=st.integers(0, 20),
    text=st.integers(0, 200),
    total=st.integers(0, 2_000),
)


@given(hostile, st.none() | limits)
def test_no_code_of_the_program_runs(spec: Any, within: Limits | None) -> None:
    """And nothing is raised; it is the same each time, and can be packed."""
    alarms = Alarms()
    value = [spec.build(alarms) if isinstance(spec, Spec) else spec]
    alarms.armed = True
    shown = [render(value, within or DEFAULT) for _ in range(2)]
    alarms.armed = False
    assert alarms.raised == []
    assert repr(shown[0]) == repr(shown[1])
    assert len(msgpack.packb(shown[0])) <= most(within or DEFAULT)


@pytest.mark.parametrize("base", [kind for kind in MAKERS if kind not in NOT_SHOWN])
def test_what_a_class_overrides_hides_nothing(base: Any) -> None:
    """Its objects are shown as those of the class that it inherits from."""
    # Memory is not read through a buffer that the program gives.
    methods = [name for name in METHODS if name != "__buffer__"]
    traps = methods, [*PROPERTIES], [*META_METHODS], [*META_PROPERTIES]
    shown = render(Spec(base, *traps, "inside").build(Alarms()))
    usual = render(MAKERS[base](base, "inside"))
    if isinstance(usual, str):
        assert shown == usual.replace(f"{base.__module__}.{base.__name__}", "Hostile")
    elif isinstance(usual, dict) and "type" in usual:
        assert shown == usual | {"type": "Hostile"}
    else:
        assert shown == usual


def most(within: Limits) -> int:
    """How many bytes there may be: the marks of what is missing come on top of the total."""
    return within.total + 200 + 64 * within.depth


def wrapped(inside: object) -> object:
    return memoryview(inside) if isinstance(inside, bytes) else KeyError(inside)


any_data = st.recursive(
    plain | st.text(st.characters(), max_size=300) | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.integers() | st.text() | st.tuples(st.integers()), inner)
        | st.lists(inner).map(collections.deque)
        | st.sets(st.integers() | st.text() | st.none())
        | inner.map(ValueError)
        | inner.map(wrapped)
    ),
    max_leaves=50,
)


@given(any_data, limits)
def test_what_is_shown_is_bounded(value: object, within: Limits) -> None:
    assert len(msgpack.packb(render(value, within))) <= most(within)


@pytest.mark.parametrize(
    "value",
    [
        ["x"] * 10**6,
        "x" * 10**7,
        "é" * 10**7,
        bytes(10**7),
        bytearray(10**7),
        dict.fromkeys(range(10**6)),
        set(range(10**6)),
        10**100_000,
        [["x" * 1_000] * 100] * 100,
        ValueError(*range(10**6)),
        type("X" * 10**6, (), {})(),
        (ctypes.c_int * 10**6)(),
    ],
    ids=lambda value: type(value).__name__[:20],
)
def test_what_is_large_is_shown_in_bounds(value: object) -> None:
    assert len(msgpack.packb(render(value))) <= most(DEFAULT)


def test_nesting_of_any_depth_is_cut() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert len(msgpack.packb(render(deep))) < 100
    while deep:  # else its end would be as deep
        deep = deep.pop()  # type: ignore[assignment]


def test_a_stack_that_is_full_is_no_error() -> None:
    """Where there is no room to look, there is a text."""
    shown: list[Plain] = []

    def descend() -> None:
        try:
            descend()
        except RecursionError:
            shown.append(render([[[[object()]]]]))
            raise

    # The innermost frames have no room for the call itself.
    with pytest.raises(RecursionError):
        descend()
    assert shown[-1] == [[[["<object>"]]]]


@pytest.mark.parametrize(("kind", "change"), [(dict, "setdefault"), (set, "add"), (list, "append")])
def test_what_another_thread_changes_meanwhile_is_shown(kind: Any, change: str) -> None:
    container: Any = kind()
    done = threading.Event()

    def churn() -> None:
        while not done.is_set():
            for key in range(200):
                getattr(container, change)(key)
            container.clear()

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(3_000):
            assert isinstance(render(container), (list, dict))
    finally:
        done.set()
        thread.join()


def test_an_enumeration_is_not_asked() -> None:
    """Its members are known without its metaclass and without their properties."""

    class Odd(enum.Enum):
        ONE = 1

    alarms = Alarms()
    member = Odd.ONE
    alarms.lay(Odd, [*METHODS], [*PROPERTIES])
    alarms.armed = True
    assert str(render(member)).endswith("Odd.ONE")
    assert alarms.raised == []


def test_what_is_shown_is_no_part_of_the_program() -> None:
    """It stays as it was when the program goes on."""
    inner: list[object] = [1]
    outer = [inner, {"a": inner}]
    shown = render(outer)
    inner.append(2)
    outer.clear()
    assert shown == [[1], {"a": [1]}]


def test_an_object_is_let_go_at_once() -> None:
    """What native code or another thread waits for is not kept by showing it."""
    ended: list[str] = []

    class Held:
        def __del__(self) -> None:
            ended.append("held")

    held = Held()
    render([held, {"held": held}])
    assert ended == []
    del held
    assert ended == ["held"]


def test_a_buffer_can_be_resized_after_it_was_shown() -> None:
    data = bytearray(b"abc")
    with memoryview(data) as view:
        render([data, view])
    data.append(1)
    assert len(data) == 4
