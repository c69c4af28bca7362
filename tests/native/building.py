"""Native modules and libraries, built by the C compiler for the tests."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent


def build(name: str, folder: Path, *, extension: bool = True) -> Path:
    """Build ``NAME.c`` in *folder*, as a module or a library; without a compiler skip the test."""
    compiler = shlex.split(sysconfig.get_config_var("CC") or "cc")
    if shutil.which(compiler[0]) is None:
        compiler = ["cc"]
    if shutil.which(compiler[0]) is None:
        pytest.skip("there is no C compiler")
    suffix = sysconfig.get_config_var("EXT_SUFFIX") if extension else ".so"
    built = folder / f"{name}{suffix}"
    command = [*compiler, "-shared", "-fPIC", "-O1", "-pthread"]
    command += [f"-I{sysconfig.get_path('include')}", str(SOURCES / f"{name}.c"), "-o", str(built)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return built
