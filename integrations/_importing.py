"""Being told when a module has been imported, without importing it.

A finder in front of ``sys.meta_path`` lets the other finders find the module's
real spec and has the real loader's ``exec_module`` call back when it is done:
set on that one loader, for that one load.  So the module's spec and the type
of its loader are what they would have been.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, TypeAlias

from ._patch import Undo, undo_all

Callback: TypeAlias = Callable[[], None]


class ImportHook:
    """Calls back when a module has been imported."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Callback]] = {}

    def when_imported(self, name: str, callback: Callback) -> None:
        """Run *callback*, now if the module *name* is loaded, else right after it was."""
        if sys.modules.get(name) is not None:
            callback()
            return
        self._waiting.setdefault(name, []).append(callback)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def close(self) -> None:
        """Call back no more."""
        self._waiting.clear()
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Give the spec that the other finders give, with a loader that calls back."""
        if fullname not in self._waiting:
            return None
        spec = self._real_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            self._watch(fullname, spec.loader)
        return spec

    def _real_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        for finder in list(sys.meta_path):
            find_spec = getattr(finder, "find_spec", None)
            if finder is self or find_spec is None:
                continue
            spec: ModuleSpec | None = find_spec(name, path, target)
            if spec is not None:
                return spec
        return None

    def _watch(self, name: str, loader: Any) -> None:
        exec_module = getattr(loader, "exec_module", None)
        # A class as a loader (built-in and frozen modules) is everybody's.
        if exec_module is None or isinstance(loader, type):
            return

        def exec_and_call_back(module: ModuleType) -> None:
            # One loader can serve several modules, as those of a zip file do.
            if module.__name__ != name:
                exec_module(module)
                return
            del loader.exec_module
            exec_module(module)
            _set_on_parent(name, module)
            self._imported(name)

        try:
            loader.exec_module = exec_and_call_back
        except AttributeError:
            return

    def _imported(self, name: str) -> None:
        for callback in self._waiting.pop(name, []):
            callback()


def hook_importable(libraries: Iterable[str], hook: Callable[[str], Undo]) -> Undo:
    """Import those of *libraries* that can be, and *hook* them."""
    undos: list[Undo] = []
    for library in libraries:
        try:
            import_module(library)
        except ImportError:
            continue
        undos.append(hook(library))
    return undo_all(undos)


def _set_on_parent(name: str, module: ModuleType) -> None:
    """Do what the import system does next, as who is called back may say ``http.client``."""
    parent, _, child = name.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], child, module)
