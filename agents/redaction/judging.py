"""Asking the program's own functions, which may do anything."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from ...channels import suppress
from .mark import MARK
from .rules import Judge

_log = logging.getLogger("tapscope")


class Judges:
    """Asks each function about a value; what one of them fails on is hidden."""

    def __init__(self, judges: Sequence[Judge]) -> None:
        self._judges = judges
        self._told: set[Judge] = set()

    def __bool__(self) -> bool:
        return bool(self._judges)

    def hidden(self, kind: str, name: str, value: str) -> str | None:
        """Give what is shown in the place of *value*; ``None`` if that is itself."""
        for judge in self._judges:
            try:
                with suppress():
                    answer = judge(kind, name, value)
            except (Exception, SystemExit) as error:  # which must not end tapscope's thread
                self._report(judge, error)
                return MARK
            if isinstance(answer, str):
                return answer
            if answer:
                return MARK
        return None

    def _report(self, judge: Judge, error: BaseException) -> None:
        if judge in self._told:
            return
        self._told.add(judge)
        # No text of it and no traceback: they may well tell the value.
        shown = getattr(judge, "__qualname__", None) or str(judge)
        _log.error(
            "the redaction %s failed (%s); what it fails on is hidden", shown, type(error).__name__
        )
