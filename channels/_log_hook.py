"""Seeing records of :mod:`logging` without a handler.

A handler on the root logger is not for us: ``logging.basicConfig()`` does
nothing where there is one, ``logging.lastResort`` keeps silent, and programs
list them.  ``Logger.filter`` is asked for each record that a logger's level
lets through, once, and has returned before the first handler runs: so no frame
of ours is below what handlers do.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import TypeAlias

import attrs

from ._lock import lock

Taker: TypeAlias = Callable[[logging.LogRecord], object]

_Filter: TypeAlias = Callable[[logging.Logger, logging.LogRecord], "bool | logging.LogRecord"]


@attrs.define(eq=False)
class _Hook:
    """The one replacement of ``Logger.filter``; it is there while anybody takes records."""

    takers: tuple[Taker, ...] = ()
    replacement: _Filter | None = None
    _inherited: bool = True
    _original: _Filter = logging.Logger.filter

    def add(self, taker: Taker) -> None:
        self.takers = (*self.takers, taker)
        if self.replacement is None:
            self._inherited = "filter" not in vars(logging.Logger)
            self._original = logging.Logger.filter
            self.replacement = _wrap(self._original)
            self._set(self.replacement)

    def remove(self, taker: Taker) -> None:
        self.takers = tuple(kept for kept in self.takers if kept is not taker)
        # Somebody who has wrapped it needs it, and is served by it again the next time.
        if self.takers or vars(logging.Logger).get("filter") is not self.replacement:
            return
        self.replacement = None
        if self._inherited:
            del logging.Logger.filter
        else:
            self._set(self._original)

    @staticmethod
    def _set(function: _Filter) -> None:
        logging.Logger.filter = function  # type: ignore[assignment,method-assign]


_hook = _Hook()


def take_records(taker: Taker) -> Callable[[], None]:
    """Call *taker*, which must not raise, with each record, until the result is called."""
    with lock:
        _hook.add(taker)

    def stop() -> None:
        with lock:
            _hook.remove(taker)

    return stop


def _wrap(original: _Filter) -> _Filter:
    @functools.wraps(original)
    def filter(self: logging.Logger, record: logging.LogRecord) -> bool | logging.LogRecord:  # noqa: A001
        try:
            passed = original(self, record)
        except BaseException as error:
            # The program's filter has raised: the traceback is to have no frame of ours.
            if error.__traceback__ is not None:
                error.__traceback__ = error.__traceback__.tb_next
            raise
        if passed:
            shown = passed if isinstance(passed, logging.LogRecord) else record
            for take in _hook.takers:
                take(shown)
        return passed

    return filter
