"""What watching native calls costs: while nobody listens, and attached to a host.

A function is called bare, through the cheapest wrapper there can be in Python, and
watched, in turns within one process, as :mod:`bus` does it; figures are medians.
Prints Markdown; the exit code is 1 if a bound is missed.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib.util
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

from bus import ROUNDS, Statement, nanoseconds
from tapscope.agents import inspector, network
from tapscope.channels import counting
from tapscope.integrations import native

IDLE_LIMIT = 1.5
"""How much longer than the cheapest wrapper a watched function may take while nobody listens."""
FLAT_LIMIT = 1.5
"""How much longer the last of many calls may take than the first, attached."""

CALLS = 2000


@attrs.frozen
class Function:
    """A native function, before it is watched and after.

    Attributes:
        bare: It itself, unwatched.
        watched: What the program calls.
        arguments: As Python code.
        keywords: Whether it takes arguments by name, so that a wrapper has to pass those on.
    """

    name: str
    bare: Callable[..., Any]
    watched: Callable[..., Any]
    arguments: str
    keywords: bool = False

    def wrapper(self) -> Callable[..., Any]:
        """Give the cheapest function in Python that passes on all that it can get."""
        function = self.bare
        if self.keywords:
            return lambda *args, **kwargs: function(*args, **kwargs)  # noqa: PLW0108  # as below
        return lambda *args: function(*args)  # noqa: PLW0108  # the wrapper is the point


def functions(folder: Path) -> Iterator[Function]:
    """Give a function of each kind, the shortest one there is."""
    zlib_bare, zlib = ctypes.CDLL("libz.so.1"), ctypes.CDLL("libz.so.1")
    native.instrument(zlib)
    yield Function("ctypes, `zlibVersion()`", zlib_bare.zlibVersion, zlib.zlibVersion, "")
    yield Function("ctypes, `abs(-3)`", ctypes.CDLL(None).abs, _watched_abs(), "-3")
    if (backend := _extension(folder)) is not None:
        bare = {name: getattr(backend, name) for name in ("js__nothing", "js__echo", "js__named")}
        native.instrument(backend)
        yield Function("extension, no argument", bare["js__nothing"], backend.js__nothing, "")
        yield Function("extension, one argument", bare["js__echo"], backend.js__echo, "1")
        named = bare["js__named"]
        yield Function("extension, by name", named, backend.js__named, "1, times=2", keywords=True)
    yield from _cffi(folder)


def _watched_abs() -> Callable[..., Any]:
    library = ctypes.CDLL(None)
    native.instrument(library)
    return library.abs


def _extension(folder: Path) -> ModuleType | None:
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from tests.native.building import build

    path = build("backend", folder)
    spec = importlib.util.spec_from_file_location("backend", path)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    sys.modules["backend"] = module
    spec.loader.exec_module(module)
    return module


def _cffi(folder: Path) -> Iterator[Function]:
    try:
        import cffi  # type: ignore[import-untyped]
    except ImportError:
        return
    opened: Any = cffi.FFI()
    opened.cdef("int abs(int);")
    bare, library = opened.dlopen(None), opened.dlopen(None)
    native.instrument(library)
    yield Function("cffi, opened, `abs(-3)`", bare.abs, library.abs, "-3")
    compiler: Any = cffi.FFI()
    compiler.cdef("int abs(int);")
    compiler.set_source("_bench_native", "#include <stdlib.h>")
    path = compiler.compile(tmpdir=str(folder))
    spec = importlib.util.spec_from_file_location("_bench_native", path)
    if spec is not None and spec.loader is not None:
        module: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        real = module.lib.abs
        native.instrument(module.lib)
        yield Function("cffi, compiled, `abs(-3)`", real, module.lib.abs, "-3")


@attrs.frozen
class Cost:
    """Nanoseconds of one call: bare, by the cheapest wrapper, and watched by nobody."""

    name: str
    bare: float
    wrapper: float
    idle: float

    @property
    def ratio(self) -> float:
        return self.idle / self.wrapper

    def row(self) -> str:
        verdict = "yes" if self.ratio <= IDLE_LIMIT else "**no**"
        return (
            f"| {self.name} | {self.bare:.0f} | {self.wrapper:.0f} | {self.idle:.0f} "
            f"| {self.ratio:.2f} | {verdict} |"
        )


def idle(function: Function, rounds: int) -> Cost:
    """Time *function* while nobody listens."""
    code = f"call({function.arguments})"
    times = nanoseconds(
        {
            "bare": Statement(code, {"call": function.bare}),
            "wrapper": Statement(code, {"call": function.wrapper()}),
            "idle": Statement(code, {"call": function.watched}),
        },
        rounds,
    )
    return Cost(function.name, times["bare"], times["wrapper"], times["idle"])


@attrs.frozen
class Attached:
    """Microseconds of one call while a host records: of the first ones, and of the last."""

    name: str
    first: float
    last: float
    counted: float

    def row(self) -> str:
        flat = "yes" if self.last <= FLAT_LIMIT * self.first else "**no**"
        return f"| {self.name} | {self.first:.1f} | {self.last:.1f} | {flat} | {self.counted:.2f} |"


def attached(function: Function) -> Attached:
    """Time *function* with a host: told call by call, and beyond the rate counted."""
    call = eval(f"lambda: call({function.arguments})", {"call": function.watched})
    told = counting.TOLD
    counting.TOLD = 10**9
    times = [_microseconds(call) for _ in range(CALLS)]
    counting.TOLD = told
    share = CALLS // 5
    for _ in range(2 * told):
        call()
    counted = statistics.median(_microseconds(call) for _ in range(CALLS))
    return Attached(
        function.name,
        statistics.median(times[:share]),
        statistics.median(times[-share:]),
        counted,
    )


def _microseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter_ns()
    call()
    return (time.perf_counter_ns() - began) / 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="slices of each call")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        watched = list(functions(Path(folder)))
        costs = [idle(function, rounds) for function in watched]
        with inspector.open(port=0), network.attach():
            rates = [attached(function) for function in watched]
    print(f"# Native calls, on Python {platform.python_version()}\n")
    print("Watched while nobody listens, nanoseconds; the ratio is to the cheapest wrapper.\n")
    print(f"| function | bare | wrapper | watched | ratio | at most {IDLE_LIMIT} |")
    print("|---|--:|--:|--:|--:|---|")
    print("\n".join(cost.row() for cost in costs))
    print(
        "\nAttached to a host in a process beside it, microseconds a call; `counted` is one beyond"
    )
    print(f"the rate of {counting.TOLD} calls in {counting.WINDOW / 1e9} s.\n")
    print("| function | first calls | last calls | flat | counted |\n|---|--:|--:|---|--:|")
    print("\n".join(rate.row() for rate in rates))
    missed = [cost for cost in costs if cost.ratio > IDLE_LIMIT]
    missed_flat = [rate for rate in rates if rate.last > FLAT_LIMIT * rate.first]
    return 1 if missed or missed_flat else 0


if __name__ == "__main__":
    sys.exit(main())
