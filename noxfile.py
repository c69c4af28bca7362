"""Everything a checkout can be asked to do: ``nox --list``.

Each session installs the wheel, never the checkout, so that what is tested is what users get.
"""

from __future__ import annotations

import functools
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nox
from nox.command import CommandFailed

PYPROJECT = nox.project.load_toml("pyproject.toml")
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
SUPPORTED = nox.project.python_versions(PYPROJECT)
# A Python newer than the classifiers is tried as well: it may be the only one there is.
PYTHONS = list(dict.fromkeys([*SUPPORTED, RUNNING] if sys.version_info >= (3, 11) else SUPPORTED))

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.sessions = ["lint", "types", "layers", "tests"]


@functools.cache
def _dist(python: str) -> tempfile.TemporaryDirectory[str]:
    """Where this run's wheel for that Python is put; removed when nox ends."""
    return tempfile.TemporaryDirectory(prefix=f"tapscope-dist-{python}-")


def _build(session: nox.Session) -> Path:
    """The wheel, built once for each Python, as a part of it is in C.

    It is built through the sdist, which knows no stale build/lib.
    """
    dist = Path(_dist(str(session.python or RUNNING)).name)
    if not any(dist.glob("*.whl")):
        session.install("build")
        session.run("python", "-m", "build", "--outdir", str(dist), silent=True)
    [wheel] = dist.glob("*.whl")
    return wheel


def _install(session: nox.Session, *groups: str, extra: str = "") -> None:
    """Installs the wheel, with an extra, and the dependency groups."""
    wheel = _build(session)
    requirement = f"tapscope{extra} @ {wheel.as_uri()}"
    session.install(requirement, *nox.project.dependency_groups(PYPROJECT, *groups))


def _pytest(session: nox.Session, *arguments: str, first: Sequence[str] = ()) -> None:
    """Run pytest, and what has failed once more, by itself: it fails if it fails again.

    Hundreds of tests start programs, servers and browsers; a machine that was too busy with
    something else for one of them is no reason to refuse a change.
    """
    try:
        session.run("pytest", *first, *arguments)
    except CommandFailed:
        session.warn("What has failed runs once more; if it passes now, it is flaky: mend it.")
        session.run("pytest", "--last-failed", "--last-failed-no-failures=none", *arguments)


@nox.session
def demo(session: nox.Session) -> None:
    """A small server and client under tapscope, until Ctrl-C."""
    _install(session, extra="[demo]")
    session.run("tapscope", "demo", *session.posargs)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests that need no browser, on every Python that is there."""
    _install(session, "test")
    # More workers than most machines have cores, as many tests wait for programs they have
    # started; a file's tests stay together, as they share servers.
    shared = ["-n", "4", "--dist", "loadfile"]
    _pytest(session, "--ignore=tests/e2e", *session.posargs, first=shared)


@nox.session
def e2e(session: nox.Session) -> None:
    """The tests that look at the real front end in headless Chromium."""
    _install(session, "test")
    _pytest(session, *(session.posargs or ["tests/e2e"]))


@nox.session
def pictures(session: nox.Session) -> None:
    """Takes the documentation's pictures of the demo in headless Chromium anew."""
    _install(session, "test", extra="[demo]")
    session.run("python", "-m", "tests.e2e.pictures")


@nox.session
def coverage(session: nox.Session) -> None:
    """Which lines the tests reach, in the test process itself."""
    _install(session, "coverage")
    session.run("coverage", "erase")
    # The script and not -m: that would make the working directory importable.
    session.run("coverage", "run", f"{session.bin}/pytest", "--ignore=tests/e2e", *session.posargs)
    session.run("coverage", "combine")
    session.run("coverage", "report")


@nox.session
def lint(session: nox.Session) -> None:
    """Rules and formatting."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Both type checkers, strict, and the completeness of what users see."""
    _install(session, "types", "bench")
    session.run("mypy", "-p", "tapscope")
    session.run("mypy", "tests")
    # They are run as scripts, so each imports the others from its own folder.
    session.run("mypy", "benchmarks", env={"MYPYPATH": "benchmarks"})
    session.run("pyright")
    session.run("pyright", "--verifytypes", "tapscope", "--ignoreexternal")


@nox.session
def layers(session: nox.Session) -> None:
    """Imports point one way."""
    _install(session, "layers")
    session.run("lint-imports", "--no-cache")


@nox.session
def bench(session: nox.Session) -> None:
    """What watching costs, beside what others cost."""
    _install(session, "bench")
    session.run("python", "benchmarks/bus.py")
    session.run("python", "benchmarks/idle.py")
    session.run("python", "benchmarks/http_overhead.py", *session.posargs)
