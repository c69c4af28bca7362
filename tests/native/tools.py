"""Native modules built by the tools that people use for that."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.native.building import headers, missing

SOURCES = Path(__file__).parent
CRATES = Path("/usr/share/cargo/registry")
"""Where Debian puts the sources of crates: those of PyO3 with the package librust-pyo3-dev."""


def cython(folder: Path) -> Path:
    """Build ``cymod.pyx``."""
    pytest.importorskip("Cython")
    shutil.copy(SOURCES / "cymod.pyx", folder)
    _run(sys.executable, "-m", "cython", "cymod.pyx", folder=folder)
    return _compile("cc", folder, "cymod", str(folder / "cymod.c"))


def pybind11(folder: Path) -> Path:
    """Build ``pbmod.cpp``."""
    tool: Any = pytest.importorskip("pybind11")
    options = ["-std=c++17", f"-I{tool.get_include()}"]
    return _compile("c++", folder, "pbmod", *options, str(SOURCES / "pbmod.cpp"))


def nanobind(folder: Path) -> Path:
    """Build ``nbmod.cpp``, and the library that nanobind is with it."""
    tool: Any = pytest.importorskip("nanobind")
    package = Path(tool.include_dir()).parent
    includes = [f"-I{package / path}" for path in ("include", "ext/robin_map/include")]
    sources = [str(package / "src" / "nb_combined.cpp"), str(SOURCES / "nbmod.cpp")]
    options = ["-std=c++17", "-fno-strict-aliasing", *includes]
    return _compile("c++", folder, "nbmod", *options, *sources)


def pyo3(folder: Path) -> Path:
    """Build ``rusty`` from the crates that Debian has, or else from those of crates.io."""
    if shutil.which("cargo") is None:
        missing("cargo")
    shutil.copytree(SOURCES / "rusty", folder, dirs_exist_ok=True)
    if next(CRATES.glob("pyo3-0.17.*"), None) is not None:
        places = ["source.crates-io.replace-with='debian'", f"source.debian.directory='{CRATES}'"]
        options = ["--offline", *(f"--config={place}" for place in places)]
    else:
        options = []
        if subprocess.run(
            ["cargo", "fetch"], cwd=folder, capture_output=True, check=False
        ).returncode:
            missing("PyO3: neither Debian 12's librust-pyo3-dev nor crates.io")
    _run("cargo", "build", *options, folder=folder, PYO3_PYTHON=sys.executable)
    [library] = (folder / "target" / "debug").glob("librusty.*[oyb]")
    return library.rename(folder / "rusty.so")


BUILDERS: dict[str, Callable[[Path], Path]] = {
    "cymod": cython,
    "pbmod": pybind11,
    "nbmod": nanobind,
    "rusty": pyo3,
}


def _compile(compiler: str, folder: Path, name: str, *options: str) -> Path:
    if shutil.which(compiler) is None:
        missing(compiler)
    built = folder / f"{name}.so"
    _run(compiler, "-shared", "-fPIC", headers(), *options, "-o", str(built), folder=folder)
    return built


def _run(*command: str, folder: Path, **environment: str) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
