"""The host's side of the memory in which a program notes the calls that it only counts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, cast

import attrs
import msgpack

from ...link.messages import WorkStarted
from ...link.plain import pack, unpack
from ...link.scoreboard import FREE, PLACE, SIZE, adopt_file

COUNTS = ".counts"
"""The lifecycle ``native.counts`` counts what would be of the lifecycle ``native``."""


@attrs.frozen
class Noted:
    """A call that is going on.

    Attributes:
        id: Its own.
        count: The exchange that it is counted in.
        at: When it began, in the program's nanoseconds.
        arguments: What is known of them; ``None`` if nothing is.
        keywords: Likewise.
    """

    id: int
    count: int
    at: int
    thread: str
    parent: int | None
    arguments: list[object] | None
    keywords: dict[str, object] | None

    def start(self, count: WorkStarted) -> WorkStarted:
        """Give the start that the program would have told; *count* is that of the count.

        Raises:
            TypeError, LinkError: That has no fields.
        """
        fields: Any = next(iter(unpack(count.fields)), None)
        told = {**fields, "arguments": self.arguments, "keywords": self.keywords}
        lifecycle = count.lifecycle.removesuffix(COUNTS)
        return WorkStarted(
            self.id, self.at, lifecycle, count.stack, self.thread, self.parent, pack(told)
        )


class ScoreboardReader:
    """Gives what a program has noted.

    Args:
        path: Of the file that the program has made; it has no name from now on.

    Raises:
        OSError: There is no such file.
    """

    def __init__(self, path: str) -> None:
        self._file = adopt_file(path)
        self._before: dict[int, bytes] = {}

    def lasting(self) -> Iterator[Noted]:
        """Give the calls that were going on at the last look already."""
        before, self._before = self._before, self._read()
        for place, noted in self._before.items():
            if before.get(place) == noted:
                yield from _noted(noted)

    def all(self) -> Iterator[Noted]:
        """Give all calls that are going on; for when the program has ended."""
        for noted in self._read().values():
            yield from _noted(noted)

    def close(self) -> None:
        """Look no more."""
        os.close(self._file)

    def _read(self) -> dict[int, bytes]:
        data = os.pread(self._file, SIZE, 0)
        places = (data[start : start + PLACE] for start in range(0, SIZE, PLACE))
        return {place: noted for place, noted in enumerate(places) if noted[:1] > FREE}


def _noted(data: bytes) -> Iterator[Noted]:
    """Read a place; nothing if the program was just writing there."""
    unpacker = msgpack.Unpacker(max_buffer_size=PLACE, unicode_errors="replace")
    unpacker.feed(data)
    try:
        values: object = unpacker.unpack()
    except Exception:
        return
    match values:
        case [
            int(),
            int(),
            int(),
            str(),
            int() | None,
            list() | None,
            dict() | None,
        ]:
            yield Noted(*cast("list[Any]", values))
        case _:
            pass
