"""Native modules made by the tools that people use: PyO3, Cython, pybind11, nanobind."""

from __future__ import annotations

import importlib.util
import inspect
import sys
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tapscope.integrations import native
from tests.e2e.patience import wait
from tests.native.recording import Recording
from tests.native.tools import BUILDERS


@pytest.fixture(scope="module")
def made() -> Iterator[dict[str, ModuleType]]:
    """The modules that have been built so far."""
    modules: dict[str, ModuleType] = {}
    yield modules
    for name in modules:
        del sys.modules[name]


@pytest.fixture
def module(
    request: pytest.FixtureRequest,
    made: dict[str, ModuleType],
    tmp_path_factory: pytest.TempPathFactory,
) -> ModuleType:
    """A module of one of the tools."""
    name = str(request.param)
    if name not in made:
        path = BUILDERS[name](tmp_path_factory.mktemp(name))
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        made[name] = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made[name])
    return made[name]


def members(owner: object) -> dict[str, object]:
    return dict(vars(owner))


every_tool = pytest.mark.parametrize("module", BUILDERS, indirect=True)
rust = pytest.mark.parametrize("module", ["rusty"], indirect=True)


@every_tool
def test_functions_methods_and_callbacks_are_told(module: ModuleType, recorded: Recording) -> None:
    before, methods = members(module), members(module.Engine)
    undo = native.instrument(module)
    heard: list[int] = []

    def hear(number: int) -> None:
        heard.append(number)

    assert module.js__add(1, b=2) == 3
    assert module.js__each(hear, 2) == 2
    assert module.Engine().run("it") == "ran it"
    assert module.Engine.version() == "1.0"
    undo()
    assert members(module) == before
    assert members(module.Engine) == methods
    assert heard == [0, 1]
    assert [call.name.partition(".")[2] for call in recorded] == [
        "js__add",
        "js__each",
        "Engine.run",
        "Engine.version",
    ]
    assert {call.started.library for call in recorded} == {module.__name__}
    assert {call.started.kind for call in recorded} == {"extension"}
    assert [item.data for item in recorded[1].items] == [(0,), (1,)]


@every_tool
def test_objects_that_were_there_before_are_watched_as_well(
    module: ModuleType, recorded: Recording
) -> None:
    engine = module.Engine()
    undo = native.instrument(module, "Engine.*")
    assert engine.run("it") == "ran it"
    assert type(engine) is module.Engine
    undo()
    assert recorded.only().started.arguments == (engine, "it")


@every_tool
def test_iterators_are_told(module: ModuleType, recorded: Recording) -> None:
    undo = native.instrument(module, "js__count")
    assert list(module.js__count(2)) == [0, 1]
    undo()
    assert [item.data for item in recorded.only().items] == [0, 1]
    assert recorded.only().events[-1] == "finish"


@every_tool
def test_an_error_is_told_and_comes_out(module: ModuleType, recorded: Recording) -> None:
    undo = native.instrument(module)
    with pytest.raises(ValueError, match="broken") as caught:
        module.js__fail("broken")
    undo()
    failed = recorded.only().failed
    assert failed is not None
    assert failed.error is caught.value


@every_tool
def test_others_go_on_while_a_call_has_let_go_of_the_interpreter_lock(
    module: ModuleType, recorded: Recording
) -> None:
    undo = native.instrument(module)
    thread = threading.Thread(target=module.js__sleep, args=(3,), name="sleeper")
    thread.start()
    wait(lambda: list(recorded))
    assert recorded.only().finished is None
    thread.join()
    undo()
    assert recorded.only().started.thread == "sleeper"
    assert recorded.only().finished is not None


@every_tool
def test_signatures_are_as_they_were(module: ModuleType) -> None:
    def signature() -> object:
        try:
            return inspect.signature(module.js__add)
        except ValueError as error:
            return str(error)[:30]

    before = signature()
    undo = native.instrument(module)
    assert signature() == before
    undo()


@rust
def test_class_methods_of_pyo3_give_what_they_gave(module: ModuleType, recorded: Recording) -> None:
    undo = native.instrument(module)
    engine = module.Engine.make()
    engine.run("it")
    assert (type(engine), engine.runs) == (module.Engine, 1)
    undo()
    assert [call.name for call in recorded] == ["rusty.Engine.make", "rusty.Engine.run"]


@rust
def test_a_panic_in_rust_is_an_error_of_the_call(module: ModuleType, recorded: Recording) -> None:
    undo = native.instrument(module)
    with pytest.raises(BaseException, match="lost") as caught:
        module.js__panic("lost")
    undo()
    assert type(caught.value).__name__ == "PanicException"
    failed = recorded.only().failed
    assert failed is not None
    assert failed.error is caught.value


def test_a_class_of_pyo3_is_watched_for_all_its_objects(recorded: Recording) -> None:
    core: Any = pytest.importorskip("pydantic_core")
    validator = core.SchemaValidator({"type": "int"})
    undo = native.instrument(core._pydantic_core, "SchemaValidator.*")  # noqa: SLF001
    assert validator.validate_python("3") == 3
    with pytest.raises(core.ValidationError) as caught:
        validator.validate_python("no")
    undo()
    assert validator.validate_python("4") == 4
    told, failing = recorded
    assert told.started.function == "SchemaValidator.validate_python"
    assert told.started.arguments[1:] == ("3",)
    assert failing.failed is not None
    assert failing.failed.error is caught.value
