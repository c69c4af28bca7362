"""Functions, classes, callbacks and iterators of a native module, while they are watched."""

from __future__ import annotations

import asyncio
import copy
import functools
import gc
import inspect
import pickle
import re
import sys
import threading
import traceback
import weakref
from collections.abc import AsyncIterator, Iterator
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.channels.delivery import delivered_by
from tapscope.channels.testing import fake_clock
from tapscope.integrations import native
from tests.native.recording import Recording, recording


@pytest.fixture
def watched(backend: ModuleType) -> Iterator[ModuleType]:
    undo = native.instrument(backend, "js__*")
    yield backend
    undo()


def test_a_call_is_told_with_its_arguments_and_its_result(
    watched: ModuleType, recorded: Recording
) -> None:
    assert watched.js__add(1, 2) == 3
    call = recorded.only()
    assert call.name == "backend.js__add"
    assert call.started.kind == "extension"
    assert call.started.arguments == (1, 2)
    assert call.started.thread == threading.current_thread().name
    assert call.finished is not None
    assert call.finished.result == 3
    assert call.events == ["start", "finish"]


def test_arguments_by_name_are_told_by_name(watched: ModuleType, recorded: Recording) -> None:
    watched.js__named("a", times=2)
    assert recorded.only().started.arguments == ("a",)
    assert recorded.only().started.keywords == {"times": 2}


def test_only_what_matches_is_told(backend: ModuleType, recorded: Recording) -> None:
    undo = native.instrument(backend, ["js__*", "internal"], exclude="js__ec*")
    backend.js__echo(1)
    backend.internal(1)
    undo()
    assert [call.started.function for call in recorded] == ["internal"]


def test_calls_are_told_of_one_handle_alone_if_that_is_asked_for(
    backend: ModuleType, recorded: Recording
) -> None:
    handle, other = object(), object()
    undo = native.instrument(backend, "js__*", bind=handle)
    backend.js__echo(other)
    backend.js__echo(handle)
    undo()
    assert recorded.only().started.arguments == (handle,)


def test_everything_is_as_before_after_undo(backend: ModuleType, recorded: Recording) -> None:
    before = dict(vars(backend))
    one, two = native.instrument(backend), native.instrument(backend)
    one()
    one()
    backend.js__echo(1)
    two()
    backend.js__echo(1)
    assert len(recorded) == 1
    assert dict(vars(backend)) == before


def test_a_function_keeps_its_names_its_signature_and_its_documentation(
    backend: ModuleType,
) -> None:
    real = backend.js__add
    undo = native.instrument(backend)
    function = backend.js__add
    undo()
    for name in ("__name__", "__qualname__", "__module__", "__doc__", "__text_signature__"):
        assert getattr(function, name) == getattr(real, name)
    assert inspect.signature(function) == inspect.signature(real)
    assert function.__wrapped__ is real
    assert function.__self__ is real.__self__


def test_a_function_is_pickled_by_its_name(watched: ModuleType) -> None:
    assert pickle.loads(pickle.dumps(watched.js__add)) is watched.js__add
    assert copy.deepcopy(watched.js__add) is watched.js__add


@given(
    st.recursive(
        st.none() | st.integers() | st.text() | st.binary() | st.floats(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    ),
    st.booleans(),
)
def test_what_goes_in_and_out_is_the_same_object(
    backend: ModuleType,
    value: Any,
    listening: bool,  # noqa: FBT001  # Hypothesis passes it by name
) -> None:
    undo = native.instrument(backend)
    try:
        with recording() if listening else _nobody() as calls:
            assert backend.js__echo(value) is value
        if listening:
            assert calls[0].started.arguments[0] is value
    finally:
        undo()


class _nobody:  # noqa: N801  # a context manager
    def __enter__(self) -> Recording:
        return Recording()

    def __exit__(self, *error: object) -> None:
        pass


@given(st.lists(st.integers(), max_size=4), st.booleans())
def test_a_wrong_call_fails_as_it_would(
    backend: ModuleType,
    arguments: list[int],
    listening: bool,  # noqa: FBT001  # as above
) -> None:
    real = {name: getattr(backend, name) for name in ("js__add", "js__echo", "js__nothing")}
    undo = native.instrument(backend)
    try:
        with recording() if listening else _nobody():
            for name, function in real.items():
                assert _outcome(getattr(backend, name), arguments) == _outcome(function, arguments)
    finally:
        undo()


def _outcome(function: Any, arguments: list[int]) -> tuple[str, str]:
    try:
        return "gave", repr(function(*arguments))
    except Exception as error:
        return type(error).__name__, str(error)


@pytest.mark.parametrize("listening", [True, False])
def test_an_error_is_the_same_object_with_none_of_our_frames(
    watched: ModuleType,
    listening: bool,  # noqa: FBT001  # pytest passes it by name
) -> None:
    error = ValueError("broken")
    with (
        recording() if listening else _nobody() as calls,
        pytest.raises(ValueError, match="broken") as caught,
    ):
        watched.js__raise(error)
    assert caught.value is error
    frames = traceback.extract_tb(error.__traceback__)
    assert [frame.filename for frame in frames] == [__file__]
    if listening:
        assert calls[0].failed is not None
        assert calls[0].failed.error is error


def test_calls_inside_of_a_call_have_it_for_their_parent(
    watched: ModuleType, recorded: Recording
) -> None:
    def inside(number: int) -> None:
        watched.js__echo(number)

    watched.js__each(inside, 2)
    outer, *inner = recorded
    assert [call.started.parent for call in inner] == [outer.started.id] * 2
    watched.js__echo(1)
    assert recorded[-1].started.parent is None


def test_a_callback_is_told_item_by_item(watched: ModuleType, recorded: Recording) -> None:
    seen: list[int] = []

    def see(number: int) -> None:
        seen.append(number)

    assert watched.js__each(see, 3) == 3
    call = recorded.only()
    assert seen == [0, 1, 2]
    assert [item.data for item in call.items] == [(0,), (1,), (2,)]
    assert call.items[0].function.endswith("see")
    assert call.events == ["start", "body_chunk", "body_chunk", "body_chunk", "finish"]


def test_what_is_told_has_left_whenever_native_code_goes_on(
    watched: ModuleType, recorded: Recording
) -> None:
    left: list[list[str]] = []
    with delivered_by(lambda: left.append(list(recorded[0].events))), fake_clock() as clock:

        def take_long(_number: int) -> None:
            clock.advance(seconds=1)

        watched.js__each(take_long, 2)
    assert left == [
        ["start"],
        ["start", "body_chunk"],
        ["start", "body_chunk", "body_chunk"],
        ["start", "body_chunk", "body_chunk", "finish"],
    ]


def test_a_call_goes_on_as_long_as_its_callback_is_kept(
    watched: ModuleType, recorded: Recording
) -> None:
    def heard(number: int) -> None:
        pass

    watched.js__keep(heard)
    keeping = recorded[0]
    assert keeping.events == ["start", "headers"]
    watched.js__fire(7)
    assert [item.data for item in keeping.items] == [(7,)]
    assert keeping.items[0].thread != threading.current_thread().name
    watched.js__forget()
    assert keeping.events == ["start", "headers", "body_chunk", "finish"]
    assert keeping.finished is not None
    assert keeping.finished.items == 1


def test_native_code_gets_the_same_callback_again_and_gives_the_program_its_own(
    watched: ModuleType,
) -> None:
    class Owner:
        def heard(self, number: int) -> None:
            pass

    owner = Owner()
    with recording():
        watched.js__keep(owner.heard)
        assert watched.js__is_kept(owner.heard)
        assert watched.js__give_kept() == owner.heard
    assert watched.js__is_kept(owner.heard)
    watched.js__forget()


@pytest.mark.usefixtures("recorded")
def test_what_a_callback_raises_comes_out_as_it_would(
    watched: ModuleType,
) -> None:
    error = KeyError("no")

    def fail(_number: int) -> None:
        raise error

    with pytest.raises(KeyError) as caught:
        watched.js__each(fail, 1)
    assert caught.value is error
    frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert frames == [
        "test_what_a_callback_raises_comes_out_as_it_would",
        "fail",
    ]


def test_an_iterator_is_told_item_by_item(watched: ModuleType, recorded: Recording) -> None:
    counting = watched.js__count(3)
    call = recorded.only()
    assert call.events == ["start", "headers"]
    assert next(counting) == 0
    assert [item.data for item in call.items] == [0]
    assert list(counting) == [1, 2]
    assert call.events[-1] == "finish"


def test_an_iterator_that_is_dropped_is_over(watched: ModuleType, recorded: Recording) -> None:
    counting = watched.js__count(3)
    assert type(counting) is not counting.__class__
    del counting
    gc.collect()
    assert recorded.only().events == ["start", "headers", "finish"]


def test_methods_of_a_class_that_cannot_be_changed_are_told_of_all_its_objects(
    backend: ModuleType, recorded: Recording
) -> None:
    before, method = backend.Engine, backend.Engine.run
    with pytest.raises(TypeError):
        type.__setattr__(backend.Engine, "run", None)
    engine = before()
    undo = native.instrument(backend, "Engine.*")
    assert engine.run("it") == backend.Engine().run("it") == "ran it"
    assert backend.Engine.version() == "1.0"
    assert (backend.Engine, type(engine)) == (before, before)
    assert inspect.signature(backend.Engine.run) == inspect.signature(method)
    assert pickle.loads(pickle.dumps(backend.Engine.run)) is backend.Engine.run
    undo()
    assert engine.run("it") == "ran it"
    assert backend.Engine.run is method
    assert [call.name for call in recorded] == [
        "backend.Engine.run",
        "backend.Engine.run",
        "backend.Engine.version",
    ]
    assert recorded[0].started.arguments == (engine, "it")


@pytest.mark.parametrize("cls", [int, list, ExceptionGroup])
def test_classes_that_the_interpreter_is_made_of_are_left_alone(cls: type) -> None:
    with pytest.raises(native.NothingToWatch):
        native.instrument(cls)


def test_python_functions_and_classes_are_told_with_the_same_call(recorded: Recording) -> None:
    module = ModuleType("acme")

    class Press:
        def stamp(self, count: int) -> int:
            return count

        @staticmethod
        def size() -> int:
            return 4

        @classmethod
        def kind(cls) -> str:
            return cls.__name__

    def work(count: int, *, fast: bool = False) -> int:
        return count + fast

    for thing in (Press, work):
        thing.__module__ = "acme"
        setattr(module, thing.__name__, thing)
    undo = native.instrument(module)
    assert inspect.signature(module.work) == inspect.signature(work)
    assert module.work(1, fast=True) == 2
    assert Press().stamp(3) == 3
    assert (Press.size(), Press.kind()) == (4, "Press")
    undo()
    assert module.work is work
    assert {call.started.kind for call in recorded} == {"python"}
    names = [call.started.function.rpartition(".")[2] for call in recorded]
    assert names == ["work", "stamp", "size", "kind"]


def test_generators_and_coroutines_stay_what_they_are(recorded: Recording) -> None:
    module = ModuleType("acme")

    def numbers(count: int) -> Iterator[int]:
        yield from range(count)

    async def fetch(value: int) -> int:
        return value

    async def stream(count: int) -> AsyncIterator[int]:
        for number in range(count):
            yield number

    for thing in (numbers, fetch, stream):
        thing.__module__ = "acme"
        setattr(module, thing.__name__, thing)
    undo = native.instrument(module)
    assert inspect.isgeneratorfunction(module.numbers)
    assert inspect.iscoroutinefunction(module.fetch)
    assert list(module.numbers(2)) == [0, 1]
    coroutine = module.fetch(5)
    with pytest.raises(StopIteration) as stop:
        coroutine.send(None)
    assert stop.value.value == 5
    assert inspect.isasyncgenfunction(module.stream)

    async def collect() -> list[int]:
        return [number async for number in module.stream(2)]

    assert asyncio.run(collect()) == [0, 1]
    undo()
    generator, fetched, streamed = recorded
    assert [item.data for item in streamed.items] == [0, 1]
    assert streamed.events[-1] == "finish"
    assert [item.data for item in generator.items] == [0, 1]
    assert fetched.finished is not None
    assert fetched.finished.result == 5


def test_an_async_iterator_is_told_item_by_item(recorded: Recording) -> None:
    module = ModuleType("acme")

    async def numbers(count: int) -> AsyncIterator[int]:
        for number in range(count):
            yield number

    def stream(count: int) -> AsyncIterator[int]:
        return numbers(count)

    stream.__module__ = "acme"
    vars(module)["stream"] = stream
    undo = native.instrument(module)

    async def collect() -> list[int]:
        return [number async for number in module.stream(2)]

    assert asyncio.run(collect()) == [0, 1]
    undo()
    call = recorded.only()
    assert [item.data for item in call.items] == [0, 1]
    assert call.events == ["start", "headers", "body_chunk", "body_chunk", "finish"]


def test_what_has_no_functions_is_refused(backend: ModuleType) -> None:
    for target, pattern in ((len, "*"), (backend, "jss__*"), (object(), "*"), (3, "*")):
        with pytest.raises(native.NothingToWatch, match=re.escape(f"matches {pattern}")):
            native.instrument(target, pattern)


def test_a_module_that_is_waited_for_and_has_nothing_is_told_in_the_log(
    backend: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    native.instrument_when_imported(backend.__name__, "jss__*")()
    assert "jss__*" in caplog.text


def test_a_module_of_the_interpreter_itself_is_watched_at_once(recorded: Recording) -> None:
    undo = native.instrument_when_imported("_operator", "neg")
    assert sys.modules["_operator"].neg(1) == -1
    undo()
    assert recorded.only().name == "_operator.neg"


def test_a_class_can_be_watched_alone(backend: ModuleType, recorded: Recording) -> None:
    undo = native.instrument(backend.Engine, "run")
    backend.Engine().run("it")
    backend.Engine.version()
    undo()
    assert recorded.only().name == "backend.Engine.run"


def test_an_object_can_be_watched_alone(recorded: Recording) -> None:
    class Press:
        def stamp(self, count: int) -> int:
            return count

    press, other = Press(), Press()
    undo = native.instrument(press, "stamp")
    assert (press.stamp(1), other.stamp(2)) == (1, 2)
    undo()
    press.stamp(3)
    assert vars(press) == {}
    assert [call.started.arguments for call in recorded] == [(1,)]


def test_a_callback_that_keeps_what_keeps_it_can_be_collected(watched: ModuleType) -> None:
    class Owner:
        def __init__(self) -> None:
            self.error: BaseException | None = None

        def heard(self, _number: int) -> None:
            raise ValueError

    owner = Owner()
    with recording():
        try:
            watched.js__each(owner.heard, 1)
        except ValueError as error:
            # Its traceback has the frames that native code called.
            owner.error = error
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None


def test_partial_functions_are_callbacks_too(watched: ModuleType, recorded: Recording) -> None:
    def add(text: str, number: int) -> str:
        return f"{text}{number}"

    watched.js__each(functools.partial(add, "a"), 1)
    assert [item.data for item in recorded.only().items] == [(0,)]
