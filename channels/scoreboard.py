"""Where it is noted which calls are going on that are only counted.

Such a call is not told, and who calls it may be the last one to run: native code
can hold the interpreter lock for ever, or end the process.  So before it begins it
is noted in a place that others can read without this program's help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import attrs


class Scoreboard(Protocol):
    """Has a place for each call that is going on; what it does costs less than telling of it."""

    def open(self) -> None:
        """Be ready, as calls of a function are going to be only counted; never raises."""
        ...

    def enter(
        self,
        call: int,
        count: int,
        began: int,
        thread: int,
        parent: int | None,
        arguments: Sequence[object],
        keywords: Mapping[str, object],
    ) -> int:
        """Note a call, and give its place; -1 if there is none.  Never raises.

        Args:
            call: Its id, under which it is told if it takes long.
            count: The id of the count that it goes into.
            began: When, in nanoseconds.
            thread: The identifier of the thread it runs in.
            parent: The exchange that caused it, if that is known.
            arguments: The program's own objects.
            keywords: Those that are passed by name, likewise.
        """
        ...

    def leave(self, place: int) -> None:
        """Take note that the call there has ended; never raises."""
        ...


@attrs.define(eq=False)
class Scoreboards:
    """The one scoreboard of this process.

    Attributes:
        current: It, if anybody wants to know.
    """

    current: Scoreboard | None = None


scoreboards: Scoreboards = Scoreboards()
