"""Modules as they are where there was no compiler."""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from types import ModuleType

import pytest


def without_c(module: str, extension: str) -> ModuleType:
    """Give another copy of *module*, which could not import *extension*; both full names."""
    with pytest.MonkeyPatch.context() as patching:
        patching.setitem(sys.modules, extension, None)
        spec = find_spec(module)
        assert spec is not None
        assert spec.loader is not None
        copy = module_from_spec(spec)
        spec.loader.exec_module(copy)
    return copy
