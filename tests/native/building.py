"""Native modules and libraries, built by the C compiler for the tests."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import NoReturn

import pytest

SOURCES = Path(__file__).parent


def build(name: str, folder: Path, *, extension: bool = True) -> Path:
    """Build ``NAME.c`` in *folder*, as a module or a library."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX") if extension else ".so"
    built = folder / f"{name}{suffix}"
    command = [*compiler(), "-shared", "-fPIC", "-O1", "-pthread", headers()]
    command += [str(SOURCES / f"{name}.c"), "-o", str(built)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return built


def compiler() -> list[str]:
    """The command of the C compiler, the one that Python was built with if that is there."""
    commands = [shlex.split(sysconfig.get_config_var("CC") or "cc"), ["cc"]]
    found = next((command for command in commands if shutil.which(command[0])), None)
    return found or missing("C compiler")


def headers() -> str:
    """The compiler's option that leads to Python's header files."""
    folder = sysconfig.get_path("include")
    if not Path(folder, "Python.h").is_file():
        missing(f"Python.h in {folder}")
    return f"-I{folder}"


def missing(what: str) -> NoReturn:
    """Skip the test, but where everything has to be there."""
    give_up = pytest.fail if "CI" in os.environ else pytest.skip
    give_up(f"there is no {what}")
