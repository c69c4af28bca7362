"""What a hook adds to one call of what it hooks, while nobody listens.

Every hook that ``integrations.install()`` put into a library is called with the
library's own function replaced by one that does nothing, so that what remains
is the hook's own time.  Prints nanoseconds for each call, as Markdown.

    python benchmarks/idle.py
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import sys
import timeit
from collections.abc import Callable, Iterator
from types import CellType, FunctionType, ModuleType
from typing import Any, cast

from surroundings import surroundings
from tapscope import integrations

LIBRARIES = (
    "socket",
    "ssl",
    "http.client",
    "urllib.request",
    "urllib3",
    "requests",
    "httpcore",
    "httpx",
)
CALLS = 20_000
REPEATS = 25


class Anything:
    """Stands for every argument: an idle hook looks at little of it and hands it on."""

    def __init__(self) -> None:
        self.extensions: dict[str, object] = {}


def main() -> None:
    """Measure and print."""
    for library in LIBRARIES:
        importlib.import_module(library)
    integrations.install()
    print("| hook | ns of a call, idle |\n| --- | --: |")
    for name, hook in sorted(hooks().items()):
        print(f"| `{name}` | {added(hook):.0f} |")
    print(f"\n{surroundings()}")


def hooks() -> dict[str, FunctionType]:
    """Find our functions in every module that is loaded, each by one of its names there."""
    found = dict[FunctionType, str]()
    packages = {name.partition(".")[0] for name in LIBRARIES}
    for module in list(sys.modules.values()):
        if module.__name__.partition(".")[0] in packages:
            for name, function in _functions(module):
                found.setdefault(function, name)
    return {name: function for function, name in found.items()}


def added(hook: FunctionType) -> float:
    """Give the nanoseconds by which *hook* makes a call longer, in the best of cases."""
    is_async = inspect.iscoroutinefunction(hook)
    nothing: Callable[..., Any] = _nothing_async if is_async else _nothing
    arguments = [Anything() for _ in range(_required(hook))]
    around = _around(hook, nothing)
    ours = timeit.Timer(lambda: _call(around, arguments))
    bare = timeit.Timer(lambda: _call(nothing, arguments))
    pairs = [(ours.timeit(CALLS), bare.timeit(CALLS)) for _ in range(REPEATS)]
    fastest = min(pair[0] for pair in pairs) - min(pair[1] for pair in pairs)
    return fastest / CALLS * 1e9


def _functions(module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    """Functions of ours in *module* and its classes, with their names there."""
    owners: list[ModuleType | type] = [module]
    owners += (member for member in vars(module).values() if isinstance(member, type))
    for owner in owners:
        for name, function in list(vars(owner).items()):
            if isinstance(function, FunctionType) and _is_ours(function):
                outer = "" if owner is module else f".{owner.__name__}"
                yield f"{module.__name__}{outer}.{name}", function


def _is_ours(function: FunctionType) -> bool:
    home: str = function.__globals__.get("__name__", "")
    return home.startswith(f"{integrations.__name__}.") and hasattr(function, "__wrapped__")


def _around(hook: FunctionType, inner: Callable[..., Any]) -> FunctionType:
    """Give *hook* once more, around *inner* instead of the library's function."""
    copy = FunctionType(hook.__code__, hook.__globals__, hook.__name__, closure=_cells(hook, inner))
    copy.__defaults__, copy.__kwdefaults__ = hook.__defaults__, hook.__kwdefaults__
    return copy


def _cells(hook: FunctionType, inner: Callable[..., Any]) -> tuple[CellType, ...]:
    original = cast("Any", hook).__wrapped__
    cells = list[CellType]()
    for cell in hook.__closure__ or ():
        held = cell.cell_contents
        if held is original:
            cells.append(CellType(inner))
        elif isinstance(held, FunctionType) and _is_ours(held):
            cells.append(CellType(_around(held, inner)))
        else:
            cells.append(cell)
    return tuple(cells)


def _required(hook: FunctionType) -> int:
    """How many arguments *hook* must be given; a method needs its object at least."""
    return max(1, hook.__code__.co_argcount - len(hook.__defaults__ or ()))


def _call(function: Callable[..., Any], arguments: list[Anything]) -> None:
    result = function(*arguments)
    if inspect.iscoroutine(result):
        with contextlib.suppress(StopIteration):
            result.send(None)


def _nothing(*_arguments: object, **_named: object) -> None:
    pass


async def _nothing_async(*_arguments: object, **_named: object) -> None:
    pass


if __name__ == "__main__":
    main()
