"""Native modules made by the tools that people use for that: PyO3, Cython, pybind11."""

from __future__ import annotations

import importlib.util
import inspect
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tapscope.integrations import native
from tests.native.recording import Recording

SOURCES = Path(__file__).parent


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=600
    )
    return "" if done.returncode == 0 else done.stderr


def cython(folder: Path) -> Path:
    pytest.importorskip("Cython")
    shutil.copy(SOURCES / "cymod.pyx", folder)
    assert run(sys.executable, "-m", "cython", "cymod.pyx", folder=folder) == ""
    built = folder / "cymod.so"
    include = f"-I{sysconfig.get_path('include')}"
    assert run("cc", "-shared", "-fPIC", include, "cymod.c", "-o", str(built), folder=folder) == ""
    return built


def pybind11(folder: Path) -> Path:
    tool: Any = pytest.importorskip("pybind11")
    built = folder / "pbmod.so"
    includes = [f"-I{sysconfig.get_path('include')}", f"-I{tool.get_include()}"]
    options = ["-std=c++17", "-shared", "-fPIC", *includes, "-o", str(built)]
    assert run("c++", *options, str(SOURCES / "pbmod.cpp"), folder=folder) == ""
    return built


def pyo3(folder: Path) -> Path:
    if shutil.which("cargo") is None:
        pytest.skip("there is no cargo")
    shutil.copytree(SOURCES / "rusty", folder, dirs_exist_ok=True)
    said = run("cargo", "build", "--release", folder=folder)
    if "Could not resolve host" in said or "failed to download" in said:
        pytest.skip("cargo can't reach crates.io for pyo3")
    assert said == ""
    [library] = (folder / "target" / "release").glob("librusty.*[oyb]")
    return library.rename(folder / "rusty.so")


BUILDERS: dict[str, Callable[[Path], Path]] = {
    "cymod": cython,
    "pbmod": pybind11,
    "rusty": pyo3,
}


@pytest.fixture(scope="module", params=BUILDERS)
def module(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ModuleType]:
    """A module that has been built."""
    name = str(request.param)
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler")
    path = BUILDERS[name](tmp_path_factory.mktemp(name))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules[name] = found
    spec.loader.exec_module(found)
    yield found
    del sys.modules[name]


def test_functions_methods_and_callbacks_are_told(module: ModuleType, recorded: Recording) -> None:
    before = dict(vars(module))
    undo = native.instrument(module, ["*", "Engine.*"])
    heard: list[int] = []

    def hear(number: int) -> None:
        heard.append(number)

    assert module.js__add(1, b=2) == 3
    assert module.js__each(hear, 2) == 2
    assert module.Engine().run("it") == "ran it"
    assert module.Engine.version() == "1.0"
    undo()
    assert dict(vars(module)) == before
    assert heard == [0, 1]
    assert [call.started.function for call in recorded] == [
        "js__add",
        "js__each",
        "Engine.run",
        "Engine.version",
    ]
    assert {call.started.kind for call in recorded} == {"extension"}
    assert [item.data for item in recorded[1].items] == [(0,), (1,)]


def test_iterators_are_told(module: ModuleType, recorded: Recording) -> None:
    if not hasattr(module, "js__count"):
        pytest.skip("it has none")
    undo = native.instrument(module)
    assert list(module.js__count(2)) == [0, 1]
    undo()
    assert [item.data for item in recorded.only().items] == [0, 1]
    assert recorded.only().events[-1] == "finish"


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
