"""The types of the Runtime domain, as far as they are filled; field by field CDP's.

https://chromedevtools.github.io/devtools-protocol/tot/Runtime/
"""

from __future__ import annotations

from typing import Literal

import attrs

from ...api.stack_traces import StackTrace

MetaData = dict[str, str]
"""``requestId`` tells which row of the Network panel it belongs to."""

AuxData = dict[str, bool]
"""``isDefault`` tells which of the contexts the Console takes first."""


@attrs.frozen(kw_only=True)
class ExecutionContextDescription:
    """Where code runs: for us, a process."""

    id: int
    origin: str
    name: str
    unique_id: str
    aux_data: AuxData | None = None


@attrs.frozen(kw_only=True)
class RemoteObject:
    """A value in the program: a text, or an exception, whose *description* is its traceback."""

    type: Literal["string", "object"]
    subtype: Literal["error"] | None = None
    class_name: str | None = None
    value: str | None = None
    description: str | None = None


@attrs.frozen(kw_only=True)
class ExecutionContextCreated:
    """A process is linked."""

    context: ExecutionContextDescription


@attrs.frozen(kw_only=True)
class ConsoleAPICalled:
    """A line for the Console; *timestamp* is milliseconds since 1970."""

    type: Literal["log", "debug", "info", "error", "warning"]
    args: list[RemoteObject]
    execution_context_id: int
    timestamp: float
    stack_trace: StackTrace | None = None
    context: str | None = None


@attrs.frozen(kw_only=True)
class ExceptionDetails:
    """An exception, and where it was logged; line and column count from 0."""

    exception_id: int
    text: str
    line_number: int
    column_number: int
    script_id: str | None = None
    url: str | None = None
    stack_trace: StackTrace | None = None
    exception: RemoteObject
    execution_context_id: int
    exception_meta_data: MetaData


@attrs.frozen(kw_only=True)
class ExceptionThrown:
    """An exception was logged inside of an exchange; *timestamp* is milliseconds since 1970."""

    timestamp: float
    exception_details: ExceptionDetails


@attrs.frozen(kw_only=True)
class IsolateId:
    """What groups targets of one process."""

    id: str
