"""A recording as a HAR file."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress

import orjson

from ..har import Creator, Entries, Page, encode, page, sanitized
from ..host import Host
from ..store.exchange import Exchange
from .part_file import PartFile, RecordingError
from .places import Places
from .recording import Tally
from .remarks import remarks

_HEAD = b'{"log":{"version":"1.2","creator":%b,"browser":%b,"entries":[\n'
_SEPARATOR = b",\n"

_log = logging.getLogger("tapscope")


class HarRecording:
    """Writes each exchange of a host as it ends, so that none of them has to be remembered.

    The file is a whole HAR file at any time: whatever happens to the recorder, what was
    written can be imported.

    Args:
        host: One that no program has joined yet.
        creators: Tapscope itself, and the interpreter of the program.
        secrets: Whether cookies and authorization are written, too.
        live: Whether front ends are going to ask for bodies, too.
    """

    def __init__(
        self,
        host: Host,
        file: PartFile,
        creators: tuple[Creator, Creator],
        *,
        secrets: bool = False,
        live: bool = False,
    ) -> None:
        self._target = host.target
        self._file = file
        self._secrets = secrets
        self._recorder = host.target.recorder
        self._live = live
        self._entries = Entries(self._target)
        self._places = Places()
        self._failures = self._end = 0
        self._pages: dict[int, Page] = {}
        self._tail = self._make_tail()
        self._error: OSError | None = None
        self._head = _HEAD % (encode(creators[0]), encode(creators[1]))
        self._put(self._head)
        self._target.on_end.append(self._ended)

    @property
    def tally(self) -> Tally:
        """See :class:`Recording`."""
        return Tally(len(self._places), self._end, tuple(self._missing()))

    def finish(self) -> Tally:
        """See :class:`Recording`."""
        self._target.on_end.remove(self._ended)
        for exchange in self._recorder.unfinished():
            self._write(exchange)
        tally = self.tally
        self._tail = self._make_tail(tally.missing)
        try:
            if self._error is not None:
                raise self._error
            self._file.write(self._tail, self._end)
            self._sort()
            self._file.keep()
        except OSError as error:
            raise self._file.failure(error) from error
        return tally

    def discard(self) -> None:
        """See :class:`Recording`."""
        self._target.on_end.remove(self._ended)
        self._file.discard()

    def _ended(self, exchange: Exchange) -> None:
        self._write(exchange)
        # Where nobody is going to ask for its bodies, they make room for those of others.
        if not self._live:
            self._recorder.drop_bodies(exchange, "they are in the file")

    def _write(self, exchange: Exchange) -> None:
        """Add *exchange*, if HAR has a place for its kind."""
        if self._error is not None:
            return
        try:
            entry = self._entries.of(exchange)
            if entry is None:
                return
            data = encode(entry if self._secrets else sanitized(entry))
        except Exception:
            _log.exception("exchange %s can't be written", exchange.id)
            self._failures += 1
            return
        if exchange.process.number not in self._pages:
            self._pages[exchange.process.number] = page(exchange)
            self._tail = self._make_tail()
        if self._places:
            data = _SEPARATOR + data
        if self._put(data):
            began = exchange.process.epoch + exchange.start.at
            self._places.add(began, self._end - len(data), self._end)

    def _put(self, data: bytes) -> bool:
        """Add *data* where the tail was, and the tail again behind it; give whether it is there."""
        try:
            self._file.write(data + self._tail, self._end)
        except OSError as error:
            self._error = error
            with suppress(OSError):
                self._file.write(self._tail, self._end)
            return False
        self._end += len(data)
        return True

    def _sort(self) -> None:
        """Bring the entries into the order in which they began, which the format prefers."""
        if self._places.in_order:
            return
        # If there is no room for that, their order is of little importance.
        with suppress(OSError, RecordingError):
            other = self._file.another()
            try:
                self._copy(other)
            except OSError:
                other.discard()
                raise
            self._file.discard()
            self._file = other

    def _copy(self, other: PartFile) -> None:
        other.write(self._head, 0)
        end = len(self._head)
        for number, (begin, stop) in enumerate(self._places.by_time()):
            entry = self._file.read(begin, stop).removeprefix(_SEPARATOR)
            data = _SEPARATOR + entry if number else entry
            other.write(data, end)
            end += len(data)
        other.write(self._tail, end)

    def _make_tail(self, missing: Iterable[str] = ()) -> bytes:
        sentences = "; ".join(missing)
        comment = b',"comment":%b' % orjson.dumps(sentences) if sentences else b""
        return b'\n],"pages":%b%b}}\n' % (encode(list(self._pages.values())), comment)

    def _missing(self) -> Iterator[str]:
        if self._recorder.lost:
            yield f"{self._recorder.lost:,} exchanges were forgotten before they ended"
        if self._failures:
            yield f"{self._failures:,} exchanges could not be written"
        yield from remarks(self._target)
