"""Having the interpreters that a program starts join its host, as it did itself.

The calls that start a process are replaced where file, arguments and environment are final:
``fork_exec``, on which ``subprocess`` and ``multiprocessing`` stand, and those in ``os`` that its
others stand on.  A child is given what its bootstrap takes out again before its first line; the
program's own environment is not touched.
"""

from __future__ import annotations

import contextlib
import os
import posix
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ..agents.link.messages import Expect
from ..agents.program import program
from ..agents.tap import Tap
from . import environment
from .executable import Command, found
from .starting import Call, Function, Starting

_USER = 19
"""Where ``fork_exec`` is given another user's id."""


def watch(link: str, url: str | None, how: Sequence[str] = ()) -> None:
    """Have the interpreters that this process starts join the host at *link*, while it is joined.

    *url* is where front ends connect, *how* are more words of ``environment`` for them.
    """
    children = _Children(link, url, how)
    for name in ("execv", "execve", "posix_spawn", "posix_spawnp"):
        if hasattr(os, name):
            starting = Starting(getattr(os, name), getattr(children, name))
            starting.replace(name, [os, posix])
    with contextlib.suppress(ImportError):  # not everywhere
        import _posixsubprocess

        starting = Starting(_posixsubprocess.fork_exec, children.fork_exec)
        # Loaded later, it will take the other for the original.
        starting.replace("_fork_exec", [sys.modules.get("subprocess")])
        starting.replace("fork_exec", [_posixsubprocess])


class _Children:
    """What to call instead, for each function that starts a process."""

    def __init__(self, link: str, url: str | None, how: Sequence[str]) -> None:
        self._link = link
        self._url = url
        self._how = how
        # The program may leave this host and open another.
        self._tap = program.tap
        self._python = sys.executable
        self._execve = os.execve

    def execv(self, original: Function, path: Any, argv: Any) -> Call:
        environ = self._joining([path], argv, None)
        _finish(path)
        if environ is None:
            return partial(original, path, argv)
        return partial(self._execve, path, argv, environ)

    def execve(self, original: Function, path: Any, argv: Any, env: Any) -> Call:
        environ = self._joining([path], argv, env)
        _finish(path)
        return partial(original, path, argv, env if environ is None else environ)

    def posix_spawn(
        self, original: Function, path: Any, argv: Any, env: Any, /, **options: Any
    ) -> Call:
        environ = self._joining([path], argv, env)
        return partial(original, path, argv, env if environ is None else environ, **options)

    def posix_spawnp(
        self, original: Function, path: Any, argv: Any, env: Any, /, **options: Any
    ) -> Call:
        name = os.fsdecode(path)
        folders = [""] if "/" in name else os.get_exec_path()
        candidates = [os.path.join(folder, name) for folder in folders]
        environ = self._joining(candidates, argv, env)
        return partial(original, path, argv, env if environ is None else environ, **options)

    def fork_exec(self, original: Function, *arguments: Any) -> Call:
        argv, executables, _, _, folder, env = arguments[:6]
        start = "" if folder is None else os.fsdecode(folder)
        candidates = [os.path.join(start, os.fsdecode(each)) for each in executables]
        environ = self._joining(candidates, argv, None if env is None else _mapping(env))
        # Another user may not read our files, which would undo what is in the environment.
        if environ is None or arguments[_USER] is not None:
            return partial(original, *arguments)
        return partial(original, *arguments[:5], _listed(environ), *arguments[6:])

    def _joining(
        self, candidates: Iterable[Any], argv: Iterable[Any], env: Mapping[Any, Any] | None
    ) -> dict[str, str] | None:
        """Give the environment for an interpreter that is to join; ``None`` for anything else."""
        if self._tap is None or program.tap is not self._tap:
            return None
        given = os.environ if env is None else env
        environ = {os.fsdecode(name): os.fsdecode(value) for name, value in given.items()}
        path = found(map(os.fsdecode, candidates))
        words = [os.fsdecode(each) for each in argv]
        if path is None or not any(words[:1]) or environment.LINK in environ:
            return None
        if not Command(path, words, environ).can_join(self._python):
            return None
        _announce(self._tap)
        return environment.joining(environ, self._link, self._url, environment.CHILD, *self._how)


def _announce(tap: Tap) -> None:
    """Have the host wait for the child, if this process ends before that has joined."""
    # A forked child that has published nothing has no link, and this does nothing.
    tap.tell(Expect())
    tap.deliver()


def _mapping(env: Iterable[bytes]) -> dict[bytes, bytes]:
    pairs = (each.partition(b"=") for each in env)
    return {name: value for name, _, value in pairs}


def _listed(environ: Mapping[str, str]) -> list[bytes]:
    return [os.fsencode(f"{name}={value}") for name, value in environ.items()]


def _finish(path: Any) -> None:
    """Deliver what was published, and say that this is the end, if *path* will be executed."""
    tap = program.tap
    # A forked child that has published nothing has no link, and nothing to deliver.
    if tap is not None and found([os.fsdecode(path)]) is not None:
        tap.part()
