"""How async commands run; the one who awaits provides it, as nothing else here knows a loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol


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
