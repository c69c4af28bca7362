"""Functions of cffi, opened and compiled, while they are watched."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import cffi  # type: ignore[import-untyped]
import pytest

from tapscope.integrations import native
from tests.native.recording import Recording

DECLARED = """
int twice(int);
int apply(int (*)(int), int);
extern int answer;
"""
SOURCE = """
int answer = 42;
int twice(int value) { return 2 * value; }
int apply(int (*function)(int), int value) { return function(value); }
"""


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """A module that cffi has compiled."""
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler")
    folder = tmp_path_factory.mktemp("compiled")
    builder: Any = cffi.FFI()
    builder.cdef(DECLARED)
    builder.set_source("_compiled", SOURCE)
    path = builder.compile(tmpdir=str(folder))
    spec = importlib.util.spec_from_file_location("_compiled", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["opened", "compiled"])
def opened(request: pytest.FixtureRequest, compiled: ModuleType) -> tuple[Any, Any]:
    """What cffi gives to call the same functions, in two ways: the FFI and the library."""
    if request.param == "compiled":
        module: Any = compiled
        return module.ffi, module.lib
    ffi: Any = cffi.FFI()
    ffi.cdef(DECLARED)
    return ffi, ffi.dlopen(compiled.__file__)


@pytest.fixture
def undone(opened: tuple[Any, Any]) -> Iterator[None]:
    before = {name: getattr(opened[1], name) for name in ("twice", "apply")}
    undo = native.instrument(opened[1])
    yield
    undo()
    assert {name: getattr(opened[1], name) for name in before} == before


@pytest.mark.usefixtures("undone")
def test_a_call_is_told_with_its_arguments_and_its_result(
    opened: tuple[Any, Any], recorded: Recording
) -> None:
    library = opened[1]
    assert library.twice(21) == 42
    call = recorded.only()
    assert (call.started.kind, call.started.function) == ("cffi", "twice")
    assert call.started.arguments == (21,)
    assert call.finished is not None
    assert call.finished.result == 42
    assert library.answer == 42
    library.answer = 42


@pytest.mark.usefixtures("undone")
def test_a_wrong_call_fails_as_it_would(opened: tuple[Any, Any], recorded: Recording) -> None:
    with pytest.raises(TypeError):
        opened[1].twice("text")
    with pytest.raises(TypeError):
        opened[1].twice()
    assert all(call.failed for call in recorded)


@pytest.mark.usefixtures("undone")
def test_a_function_can_be_passed_to_another_while_nobody_listens(opened: tuple[Any, Any]) -> None:
    assert opened[1].apply(opened[1].twice, 4) == 8


@pytest.mark.usefixtures("undone", "recorded")
def test_a_function_can_be_passed_to_another_while_it_is_watched(opened: tuple[Any, Any]) -> None:
    assert opened[1].apply(opened[1].twice, 4) == 8


@pytest.mark.usefixtures("undone")
def test_callbacks_go_on_working_and_are_told_of_what_was_opened(
    opened: tuple[Any, Any], recorded: Recording
) -> None:
    ffi, library = opened

    def more(value: int) -> int:
        return value + 1

    assert library.apply(ffi.callback("int(int)", more), 4) == 5
    assert library.apply(ffi.callback("int(int)")(more), 5) == 6
    if isinstance(ffi, cffi.FFI):
        assert [[item.data for item in call.items] for call in recorded] == [[(4,)], [(5,)]]
    assert [call.events[-1] for call in recorded] == ["finish", "finish"]
