"""Calls that a program has noted on its scoreboard, and may never come to tell."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from ..link import LinkError
from ..link.messages import Message, ScoreboardMade, WorkStarted
from .api.target import Target
from .store.process import Process
from .store.scoreboard import Noted, ScoreboardReader


class NotedCalls:
    """Records the calls of one program that it has only noted, as if it had told them."""

    def __init__(self, target: Target, process: Process) -> None:
        self._target = target
        self._process = process
        self._board: ScoreboardReader | None = None
        self._recorded: set[int] = set()

    def take(self, message: Message) -> bool:
        """Take *message* if it is of a scoreboard or of a call there; whether it is."""
        match message:
            case ScoreboardMade():
                # One that can't be read tells nothing.
                with contextlib.suppress(OSError):
                    self._board = self._board or ScoreboardReader(message.path)
            case WorkStarted() if message.id in self._recorded:
                self._recorded.discard(message.id)
                self._target.recorder.correct(self._process, message)
            case _:
                return False
        return True

    def look(self) -> None:
        """Record the calls that were going on at the last look already."""
        if self._board is not None:
            self._record(self._board.lasting())

    def close(self) -> None:
        """Record all that were going on when the program ended, and look no more."""
        board, self._board = self._board, None
        if board is not None:
            self._record(board.all())
            board.close()

    def _record(self, noted: Iterable[Noted]) -> None:
        recorder, process = self._target.recorder, self._process
        for call in noted:
            count = recorder.find(process.number, call.count)
            known = recorder.find(process.number, call.id) is not None
            if not known and count is not None and isinstance(count.start, WorkStarted):
                with contextlib.suppress(LinkError, TypeError):  # it makes no sense
                    self._target.happened(process, call.start(count.start))
                    self._recorded.add(call.id)
