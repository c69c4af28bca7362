"""What is known of an object without asking it.

A metaclass may lie or raise, and so may any method, property or ``__class__``.
What ``type`` and the C slots say does not: everything here goes through their
own descriptors.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import Any, Final, cast

MISSING: Final = object()

_IMMUTABLE = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE: written in C, as no class statement sets it


type_of: Callable[[object], type[object]] = type
"""Give what an object really is: ``__class__`` may say otherwise."""


def _slot(kind: type, name: str) -> Callable[[Any], Any]:
    return cast("Callable[[Any], Any]", kind.__dict__[name].__get__)


globals_of: Callable[[ModuleType], dict[str, Any]] = _slot(ModuleType, "__dict__")
"""Give the names of a module."""
bases: Callable[[type], tuple[type, ...]] = _slot(type, "__mro__")
"""Give a type and all that it inherits from, in order."""

_get = dict[str, object].get
_flags = _slot(type, "__flags__")
_entries = _slot(type, "__dict__")
_module = _slot(type, "__module__")
_qualname = _slot(type, "__qualname__")


def name_of(kind: type) -> str:
    """Give ``module.Class``, or ``Class`` alone for a builtin and where the module is unknown."""
    try:
        module = _module(kind)
    except AttributeError:  # the program has deleted it
        module = None
    name = str.__str__(_qualname(kind))
    if type(module) is not str or module == "builtins":
        return name
    return f"{module}.{name}"


def is_native(kind: type) -> bool:
    """Whether *kind* is written in C, and so can't be changed by the program."""
    return bool(_flags(kind) & _IMMUTABLE)


def is_original(kind: type, name: str) -> bool:
    """Whether *kind* is what its *name* says, and not merely called so."""
    if is_native(kind):
        return True
    module, _, short = name.rpartition(".")
    return module_entry(module, short) is kind


def module_entry(module: str, name: str) -> object:
    """Give what a module has under *name*, if the program has imported it."""
    found: Any = sys.modules.get(module)
    if not issubclass(type(found), ModuleType):
        return MISSING
    return globals_of(found).get(name, MISSING)


def own_entry(kind: type, name: str) -> Any:
    """Give what stands in the body of *kind* under *name*."""
    return _entries(kind).get(name, MISSING)


def entry(kind: type, name: str) -> Any:
    """Give what *kind* has or inherits under *name*, as it stands there."""
    for base in bases(kind):
        found = own_entry(base, name)
        if found is not MISSING:
            return found
    return MISSING


def _instance_entries(value: object) -> dict[str, object] | None:
    for base in bases(type(value)):
        found = own_entry(base, "__dict__")
        if type(found) is GetSetDescriptorType:
            return cast("dict[str, object]", found.__get__(value))
    return None


def field_of(value: object, name: str) -> object:
    """Give what *value* keeps under *name*, in its ``__dict__`` or in a slot."""
    entries = _instance_entries(value)
    if entries is not None:
        found = _get(entries, name, MISSING)
        if found is not MISSING:
            return found
    slot = entry(type(value), name)
    if type(slot) is MemberDescriptorType:
        try:
            return cast("object", slot.__get__(value))
        except AttributeError:  # it is empty
            return MISSING
    return MISSING
