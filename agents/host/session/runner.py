"""How async commands run; the one who awaits provides it, as nothing else here knows a loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

import attrs


class Runner(Protocol):
    """Runs async commands beside each other, in trio."""

    def start(
        self, work: Callable[[], Awaitable[object]], seconds: float, late: Callable[[], object]
    ) -> Callable[[], object]:
        """Run *work*, soon; give what cancels it.

        After *seconds* it is cancelled and *late* is called, whether it ends then
        or not.  What it raises harms nobody.

        Raises:
            CommandError: So much runs already that no more may.
        """
        ...

    async def wait(self, begin: Callable[[Callable[[], object]], Callable[[], object]]) -> None:
        """Wait until what *begin* was given is called, in any thread.

        What *begin* returned is called in the end, also if the wait is cancelled.
        """
        ...


class LaterRunner:
    """Keeps what is to run until there is a loop to run it."""

    def __init__(self) -> None:
        self._runner: Runner | None = None
        self._waiting: list[_Waiting] = []

    def begin(self, runner: Runner) -> None:
        """Have *runner* run what waits, and all that comes."""
        self._runner = runner
        for waiting in self._waiting:
            waiting.begin(runner)
        self._waiting.clear()

    def start(
        self, work: Callable[[], Awaitable[object]], seconds: float, late: Callable[[], object]
    ) -> Callable[[], object]:
        """See :meth:`Runner.start`."""
        if self._runner is not None:
            return self._runner.start(work, seconds, late)
        waiting = _Waiting(work, seconds, late)
        self._waiting.append(waiting)
        return waiting.cancel

    async def wait(self, begin: Callable[[Callable[[], object]], Callable[[], object]]) -> None:
        """See :meth:`Runner.wait`."""
        assert self._runner is not None  # noqa: S101  # it runs whoever waits
        await self._runner.wait(begin)


@attrs.define(eq=False)
class _Waiting:
    _work: Callable[[], Awaitable[object]]
    _seconds: float
    _late: Callable[[], object]
    _cancel: Callable[[], object] | None = attrs.field(default=None, init=False)
    _canceled: bool = attrs.field(default=False, init=False)

    def begin(self, runner: Runner) -> None:
        if not self._canceled:
            self._cancel = runner.start(self._work, self._seconds, self._late)

    def cancel(self) -> None:
        self._canceled = True
        if self._cancel is not None:
            self._cancel()
