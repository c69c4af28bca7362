"""Classes of native code that can't be changed by setting their attributes."""

from __future__ import annotations

import builtins
import ctypes
import gc
import inspect
import sys
from typing import Any, cast

_THE_INTERPRETERS = 1 << 1
"""``_Py_TPFLAGS_STATIC_BUILTIN``, which Python 3.11 does not have yet."""
_MADE_AT_RUNTIME = 1 << 9
"""``Py_TPFLAGS_HEAPTYPE``."""


class SealedClass:
    """Sets attributes of a class that lets nobody do that: for all its objects.

    What it changes is the class's own dictionary, as the class's author would have; and
    then it has the interpreter forget what that has found there before.
    """

    def __init__(self, owner: type) -> None:
        self._owner = owner
        # The mapping that Python gives of a class only shows the dictionary.
        [self._namespace] = cast("list[dict[str, object]]", gc.get_referents(vars(owner)))
        self._forget: Any = ctypes.pythonapi["PyType_Modified"]
        self._forget.argtypes, self._forget.restype = (ctypes.py_object,), None

    def set(self, name: str, value: object) -> None:
        """Set an attribute."""
        self._namespace[name] = value
        self._forget(self._owner)


def is_sealed(owner: object) -> bool:
    """Whether *owner* is a class that can be changed in that way."""
    return (
        inspect.isclass(owner)
        and not is_interpreters(owner)
        and sys.implementation.name == "cpython"
    )


def is_interpreters(owner: type) -> bool:
    """Whether *owner* is one of the classes that the interpreter itself is made of."""
    if owner.__flags__ & _THE_INTERPRETERS:
        return True
    if owner.__module__ != "builtins":
        return False
    named = vars(builtins).get(owner.__name__) is owner
    return named or not owner.__flags__ & _MADE_AT_RUNTIME
