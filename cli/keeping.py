"""``tapscope run --keep``: stays in the foreground while what the program did is looked at."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
from collections.abc import Callable, Generator
from types import FrameType

import attrs

from ..agents.link import Encoder, LinkAddress, connect
from ..agents.link.messages import MAGIC, Hello
from .child import end_as
from .terminal import say

_FORWARDED = (signal.SIGTERM, signal.SIGHUP)
_FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT)  # the program gets these from the terminal, too
_GLANCE = 0.2
"""Seconds after which a signal is noticed at the latest."""
_MOMENT = 0.3
"""Seconds in which a host that has nobody to stay for has ended."""


def run_and_keep(command: list[str], environ: dict[str, str], link: LinkAddress) -> int:
    """Run *command*, then keep its host until the last front end has left or Ctrl-C.

    Gives the program's exit code; if a signal killed the program, it kills this process too.
    """
    # From the beginning, so that the host ends with this process whatever happens to it.
    with keep(link) as keeper:
        status = _Child().run(command, environ)
        _stay(keeper)
    return end_as(status)


def keep(link: LinkAddress) -> socket.socket:
    """Open a connection that keeps the host at *link* for as long as it is open.

    If the host is gone, that is said, and the connection is one to nobody.
    """
    try:
        connection = connect(link)
        connection.sendall(MAGIC + Encoder().encode(Hello(link.token, "keeper", os.getpid())))
    except OSError as error:
        say(f"tapscope: nothing will be kept: {error}")
        return socket.socket()
    return connection


@attrs.define(eq=False)
class _Child:
    """The program, as a child that gets the signals meant for it."""

    _process: subprocess.Popen[bytes] | None = None
    _early: list[int] = attrs.field(factory=list[int])

    def run(self, command: list[str], environ: dict[str, str]) -> int:
        """Run *command* to its end; give its exit code, or the negative number of a signal."""
        # A handler is not inherited by the program, as ignoring would be.
        with _handlers(_FROM_TERMINAL, _pass_over), _handlers(_FORWARDED, self._forward):
            # What this process inherited is the program's, not only the standard streams.
            self._process = subprocess.Popen(command, env=environ, close_fds=False)
            for number in self._early:
                self._process.send_signal(number)
            return self._wait(self._process)

    @staticmethod
    def _wait(process: subprocess.Popen[bytes]) -> int:
        # In steps: a signal that comes just before a wait does not end it.
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(_GLANCE)

    def _forward(self, number: int, _: FrameType | None) -> None:
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)


def _pass_over(_number: int, _frame: FrameType | None) -> None:
    """Leave a signal to the program."""


@contextlib.contextmanager
def _handlers(
    numbers: tuple[signal.Signals, ...], handler: Callable[[int, FrameType | None], object]
) -> Generator[None]:
    """Handle the signals *numbers* for a while, but those that are ignored (``nohup``)."""
    before = {each: signal.getsignal(each) for each in numbers}
    handled = [each for each in numbers if before[each] is not signal.SIG_IGN]
    for each in handled:
        signal.signal(each, handler)
    try:
        yield
    finally:
        for each in handled:
            signal.signal(each, before[each])


def _stay(keeper: socket.socket) -> None:
    """Wait until the host ends, or Ctrl-C."""
    try:
        if select.select([keeper], [], [], _MOMENT)[0]:
            return
        say(
            "tapscope: the program has ended; what it did stays in DevTools until that is closed, "
            "or Ctrl-C"
        )
        while not select.select([keeper], [], [], _GLANCE)[0] or keeper.recv(4096):
            pass
    except (OSError, KeyboardInterrupt):
        return
