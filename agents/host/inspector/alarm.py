"""A clock that interrupts the code of domains, by the signal of the process's timer.

The host has one thread for everything, so a domain that sleeps or loops would
stop all the others.  While one is being called the timer ticks, and who is still
at it after its time finds an exception raised where it is.

Only a domain's own code is interrupted, and what it has called of the standard
library: a tick that comes while trio or the host's own code is at work, also in
a domain's behalf, waits for the next.  Time is counted in ticks that were heard,
so that a host which was stopped, or got no processor, does not blame who was at
work then.  Code in C that neither returns nor looks for signals can't be interrupted.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterable, Iterator
from itertools import chain, repeat, starmap
from threading import get_ident
from types import FrameType

from ..api.guard import Overran

TICK = 0.05
"""Seconds between two looks at who is at work."""
_SOON = 0.001
"""Seconds until the next look when it is the host's own turn."""
_AT_ONCE = 0.00002
"""Seconds until the next look when the exception has been swallowed."""
_LONGER = 50_000
"""Turns of a loop that takes longer than that."""
_NOBODY = 1 << 60
_TICKS_AT_REST = 2

_HOST = __name__.partition(".inspector.")[0] + "."
_OURS = __name__.partition(".agents.")[0] + "."
_LIBRARY = os.path.dirname(os.__file__) + os.sep
_LOOP = ("trio.", "outcome.", "sortedcontainers.")


class Alarm:
    """The process's timer, as what watches over domains; made in the main thread, once.

    From other threads it does nothing, as nothing there holds up the host.
    """

    def __init__(self) -> None:
        self._thread = get_ident()
        self._left = _NOBODY
        self._resting = 0
        self._ticking = False
        signal.signal(signal.SIGALRM, self._on_tick)

    def enter(self, seconds: float) -> int:
        """Begin a call that may take *seconds*."""
        outer = self._left
        if get_ident() == self._thread:
            self._left = int(seconds / TICK) + 1
            if not self._ticking:
                self._ticking = True
                signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
        return outer

    def leave(self, outer: object) -> None:
        """End the call; the *outer* one goes on with the time it had left."""
        if isinstance(outer, int) and get_ident() == self._thread:
            self._left = outer

    def stop(self) -> None:
        """Let the process end: a tick that nobody hears would kill it."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_IGN)

    def _on_tick(self, number: int, frame: FrameType | None) -> None:
        del number
        if self._left == _NOBODY:
            self._rest()
            return
        self._resting = 0
        self._left -= 1
        if self._left > 0:
            return
        if not _interruptible(frame):
            signal.setitimer(signal.ITIMER_REAL, _SOON, TICK)
            return
        if self._left < 0:
            _insist(raising=self._left.bit_count() % 2 == 1)
        else:
            raise Overran

    def _rest(self) -> None:
        self._resting += 1
        if self._resting >= _TICKS_AT_REST:
            self._resting = 0
            self._ticking = False
            signal.setitimer(signal.ITIMER_REAL, 0)


def _insist(*, raising: bool) -> None:
    """Raise again what was swallowed, or do nothing, while another signal is on its way.

    That one finds the code behind the ``except``, which is left in no time.  There
    an exception can still count as raised before: Python 3.12 takes the jump back
    to the loop's start for the end of what was tried.  So it is raised now and then,
    in no order that a loop could be in step with.
    """
    hurry: Iterator[object] = starmap(signal.setitimer, [(signal.ITIMER_REAL, _AT_ONCE, TICK)])
    end: Iterator[object] = starmap(_nobody().throw, [(Overran,)] if raising else [])
    everything: Iterable[object] = chain(hurry, repeat(None, _LONGER), end)
    # No call, but as long as one: after a call the signal would find this function at work.
    _ = Overran in everything


def _nobody() -> Generator[None]:
    yield


def _interruptible(frame: FrameType | None) -> bool:
    """Whether a domain is at work, or what it has called of the standard library."""
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith("<") and not _is_standard(file):
            name = f"{frame.f_globals.get('__name__', '')}."
            if name.startswith(_OURS):
                return name.startswith(f"{_HOST}domains.")
            return not name.startswith(_LOOP)
        frame = frame.f_back
    return False


def _is_standard(file: str) -> bool:
    return file.startswith(_LIBRARY) and "-packages" not in file
