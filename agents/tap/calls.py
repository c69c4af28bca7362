"""What the host asks of the live program."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ...channels import TapscopeError, suppress
from ...channels.remote import is_remote
from ..link.messages import Call, Returned
from ..link.plain import pack, unpack
from .hidden_thread import HiddenThread
from .record_texts import cut
from .results import plain

MAX_CALLS = 4
"""How many may run at once; one that hangs stays until the program ends."""
MAX_RESULT = 4 * 1024 * 1024
"""Bytes of one result."""


class Calls:
    """Runs the host's calls, each in a thread of its own; only functions marked as remote.

    What they do is not told to the host.

    Args:
        answer: Takes each result, in the thread that made it.
    """

    def __init__(self, answer: Callable[[Returned], object]) -> None:
        self._answer = answer
        self._process = os.getpid()
        self._running: set[int] = set()

    def start(self, call: Call) -> Returned | None:
        """Begin *call*; the answer at once if that can't be done."""
        if self._process != os.getpid():  # the threads are the parent's
            self._process, self._running = os.getpid(), set()
        running = self._running
        if len(running) >= MAX_CALLS:
            return Returned(call.id, None, f"{MAX_CALLS} calls into the program are running")
        running.add(call.id)
        try:
            HiddenThread(lambda _: self._run(call, running)).start()
        except RuntimeError as error:
            running.discard(call.id)
            return Returned(call.id, None, f"no thread for the call: {error}")
        return None

    def _run(self, call: Call, running: set[int]) -> None:
        try:
            with suppress():
                answer = _call(call)
        finally:
            running.discard(call.id)
        self._answer(answer)


def _call(call: Call) -> Returned:
    try:
        [arguments] = unpack(call.arguments)
        result = pack(plain(_function(call.function)(**arguments), MAX_RESULT))
        return Returned(call.id, result, "")
    except TapscopeError as error:
        return Returned(call.id, None, _shown(error, str))
    except BaseException as error:  # SystemExit must end this thread no more than others do
        return Returned(call.id, None, f"{call.function} failed: {_shown(error, repr)}")


def _shown(error: BaseException, show: Callable[[BaseException], str]) -> str:
    try:
        return cut(show(error), 500)
    except BaseException:  # it is the program's own
        return type(error).__name__


def _function(dotted: str) -> Callable[..., Any]:
    module, _, name = dotted.partition(":")
    function: object = getattr(import_module(module), name, None)
    if not callable(function) or not is_remote(function):
        raise TapscopeError(f"{dotted!r} is no function that is marked with @remote")
    return function
