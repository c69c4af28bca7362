"""The types of the Runtime domain, as far as they are filled; field by field CDP's.

https://chromedevtools.github.io/devtools-protocol/tot/Runtime/
"""

from __future__ import annotations

from typing import Literal

import attrs


@attrs.frozen(kw_only=True)
class CallFrame:
    """One frame; line and column count from 0."""

    function_name: str
    script_id: str
    url: str
    line_number: int
    column_number: int


@attrs.frozen(kw_only=True, eq=False)
class StackTrace:
    """A call stack, innermost frame first; what is one is told by identity."""

    call_frames: list[CallFrame]


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
    """A value in the program; only texts so far."""

    type: Literal["string"]
    value: str


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


@attrs.frozen(kw_only=True)
class IsolateId:
    """What groups targets of one process."""

    id: str
