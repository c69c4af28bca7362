"""What programs logged, as the Console shows it."""

from __future__ import annotations

import itertools
from typing import Literal

from ...api.stack_traces import CallFrame, StackTrace
from ...api.target import Target
from ...store.clock import seconds
from ...store.exchange import Exchange
from ...store.records import Record
from .types import (
    ConsoleAPICalled,
    ExceptionDetails,
    ExceptionThrown,
    RemoteObject,
)

Level = Literal["debug", "info", "warning", "error"]

_LEVELS: tuple[tuple[int, Level], ...] = ((40, "error"), (30, "warning"), (20, "info"))


class LoggedLines:
    """Gives records as events of Runtime."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._numbers = itertools.count(1)

    def of(self, record: Record) -> ConsoleAPICalled | ExceptionThrown:
        """Give what shows *record*: with the link to a row if an exception belongs to one."""
        stack = self._target.stack_trace(record)
        exchange = self._target.parent(record)
        if exchange is not None and record.told.error is not None:
            return self._thrown(record, record.told.error, exchange, stack)
        return _called(record, stack)

    def _thrown(
        self, record: Record, error: str, exchange: Exchange, stack: StackTrace | None
    ) -> ExceptionThrown:
        place = _place(stack)
        details = ExceptionDetails(
            exception_id=next(self._numbers),
            text=f"{record.told.logger} {record.told.text}\n",
            line_number=place.line_number if place else 0,
            column_number=place.column_number if place else 0,
            script_id=place.script_id if place else None,
            url=place.url if place else None,
            stack_trace=stack,
            exception=_exception(error),
            execution_context_id=record.process.number,
            exception_meta_data={"requestId": exchange.id},
        )
        return ExceptionThrown(timestamp=_milliseconds(record), exception_details=details)


def _called(record: Record, stack: StackTrace | None) -> ConsoleAPICalled:
    told = record.told
    text = told.text if told.error is None else f"{told.text}\n{told.error}"
    return ConsoleAPICalled(
        type=_level(told.level),
        args=[RemoteObject(type="string", value=part) for part in _styled(told.logger, text)],
        execution_context_id=record.process.number,
        timestamp=_milliseconds(record),
        stack_trace=stack,
        # What follows the last # DevTools takes for the number of the context of that name.
        context=f"{told.logger}#1",
    )


def _styled(logger: str, text: str) -> tuple[str, ...]:
    """Give the text behind the logger's name in grey."""
    return ("%c%s%c %s", "color: gray", logger, "", text)


def _level(number: int) -> Level:
    for least, level in _LEVELS:
        if number >= least:
            return level
    return "debug"


def _place(stack: StackTrace | None) -> CallFrame | None:
    return stack.call_frames[0] if stack else None


def _exception(traceback: str) -> RemoteObject:
    name = traceback.rpartition("\n")[2].partition(":")[0]
    return RemoteObject(type="object", subtype="error", class_name=name, description=traceback)


def _milliseconds(record: Record) -> float:
    return seconds(record.process, record.told.at) * 1000
