"""A trace on the disk, of which only the places of its lines are kept in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, cast

import attrs
import orjson

from ..recording.part_file import RecordingError
from ..recording.trace import Header, Json, decode_header, key_of


@attrs.frozen
class _Place:
    begin: int
    length: int


@attrs.define(eq=False)
class TraceFile:
    """A trace that was opened.

    Attributes:
        header: Its first line.
        commands: The names of the commands that the recorded target had.
        lines: How many lines it has.
    """

    header: Header
    commands: frozenset[str]
    lines: int
    _file: BinaryIO
    _events: dict[str, list[_Place]]
    _answers: dict[bytes, _Place]

    @classmethod
    def open(cls, path: str) -> TraceFile:
        """Open the trace at *path*.

        A last line that was cut off, as its recorder was killed, is left out.

        Raises:
            RecordingError: It can't be read, or is none.
        """
        with ExitStack() as undo:
            try:
                file = undo.enter_context(Path(path).open("rb"))
                trace = cls._read(file)
            except OSError as error:
                raise RecordingError(f"can't read {path}: {error.strerror}") from error
            except RecordingError as error:
                raise RecordingError(f"can't replay {path}: {error}") from error
            undo.pop_all()
            return trace

    @classmethod
    def _read(cls, file: BinaryIO) -> TraceFile:
        first = file.readline()
        header = decode_header(first)
        trace = cls(header, _commands(header.protocol), 1, file, {}, {})
        begin = len(first)
        while (line := file.readline()).endswith(b"\n"):
            trace.lines += 1
            trace._note(line, _Place(begin, len(line)))
            begin += len(line)
        return trace

    def events(self, domain: str) -> Iterator[list[bytes]]:
        """Give the events of *domain*, in order, one by one."""
        for place in self._events.get(domain, ()):
            yield [self._line(place)]

    def answer(self, method: str, params: Json) -> Json | None:
        """Give the last answer to a command, ``result`` or ``error``; ``None`` if there is none."""
        place = self._answers.get(key_of(method, params))
        if place is None:
            return None
        told: Json = orjson.loads(self._line(place))
        del told["command"]
        return told

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _note(self, line: bytes, place: _Place) -> None:
        try:
            told: Json = orjson.loads(line)
            if "command" in told:
                self._answers[_key(told["command"])] = place
            else:
                domain = str(told["method"]).partition(".")[0]
                self._events.setdefault(domain, []).append(place)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise RecordingError(f"line {self.lines} is neither an event nor an answer") from error

    def _line(self, place: _Place) -> bytes:
        self._file.seek(place.begin)
        return self._file.read(place.length).rstrip(b"\n")


def _commands(protocol: Json) -> frozenset[str]:
    try:
        return frozenset(
            f"{domain['domain']}.{command['name']}"
            for domain in protocol["domains"]
            for command in domain.get("commands", [])
        )
    except (LookupError, TypeError, AttributeError) as error:
        raise RecordingError("its description of the protocol makes no sense") from error


# Any: JSON.
def _key(command: Any) -> bytes:
    told = cast("Json", command)
    return key_of(told["method"], told["params"])
