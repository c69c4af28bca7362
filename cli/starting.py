"""Standing in for a builtin function that starts a process."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any, TypeAlias

Call: TypeAlias = Callable[[], Any]
Function: TypeAlias = Callable[..., Any]


class Starting:
    """Calls what *prepare* gives, who is given *original* and the arguments it was called with.

    It counts as equal to *original*, is pickled by name as that is, and is no method even as
    a class's attribute.  What *prepare* cannot make sense of is left to *original*.
    """

    def __init__(self, original: Function, prepare: Callable[..., Call]) -> None:
        functools.update_wrapper(self, original)
        self._original = original
        self._prepare = prepare

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Start the process."""
        try:
            call = self._prepare(self._original, *args, **kwargs)
        except Exception:
            # Mostly the program's own mistake, and the original tells that best.
            call = functools.partial(self._original, *args, **kwargs)
        try:
            return call()
        except BaseException as error:
            # Without this frame; raising again adds none.
            error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
            raise

    def __eq__(self, other: object) -> bool:
        return other is self or other is self._original

    def __hash__(self) -> int:
        return hash(self._original)

    def __reduce__(self) -> str:
        return self._original.__name__

    def replace(self, name: str, modules: Iterable[ModuleType | None]) -> None:
        """Take the original's place as *name* in each of *modules* that has it."""
        for module in modules:
            if module is not None and vars(module).get(name) is self._original:
                setattr(module, name, self)
