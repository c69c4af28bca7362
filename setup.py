"""The parts in C, as long as naming them in pyproject.toml is experimental, with a warning."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

# They know CPython from within, and count on the interpreter lock.
FITS = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
FOLDERS = ("agents", "channels", "integrations")
HEADERS = [str(path) for folder in FOLDERS for path in Path(folder).rglob("*.h")]


def extension(module: str) -> Extension:
    """Optional, as without a compiler tapscope does the same, only slower."""
    source = module.replace(".", "/") + ".c"
    return Extension(f"tapscope.{module}", [source], depends=HEADERS, optional=True)


EXTENSIONS = [
    extension("agents.tap._taker"),
    extension("channels._exchange"),
    extension("channels._frames"),
    extension("integrations._wire"),
]


class BuildExt(build_ext):
    """An editable install would fail at linking to an optional extension that was not built."""

    def get_output_mapping(self) -> dict[str, str]:
        """Where in the checkout each file is that was built."""
        mapping = super().get_output_mapping()
        return {built: source for built, source in mapping.items() if Path(built).exists()}


setup(cmdclass={"build_ext": BuildExt}, ext_modules=EXTENSIONS if FITS else [])
