"""The Runtime domain, as far as processes and the Console need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..domain import Domain, command, encode_event
from ..notices import Notice
from ..recorder import Process
from .runtime_types import (
    CallFrame,
    ConsoleAPICalled,
    ExecutionContextCreated,
    ExecutionContextDescription,
    IsolateId,
    RemoteObject,
    StackTrace,
)

if TYPE_CHECKING:
    from ..session import Session


class Runtime(Domain):
    """The processes, as execution contexts, and what tapscope has to say of them."""

    name = "Runtime"
    events: ClassVar[tuple[type, ...]] = (ExecutionContextCreated, ConsoleAPICalled)
    types: ClassVar[tuple[type, ...]] = (CallFrame, StackTrace)

    def __init__(self, session: Session) -> None:
        self._session = session
        self._enabled = False

    @command
    def enable(self) -> None:
        """Tell of processes and of notices, past and to come."""
        if self._enabled:
            return
        self._enabled = True
        host = self._session.host
        for process in host.processes:
            self.tell_process(process)
        for notice in host.notices:
            self.tell_notice(notice)

    @command
    def disable(self) -> None:
        """Tell of nothing more."""
        self._enabled = False

    @command
    def get_isolate_id(self) -> IsolateId:
        """Give what groups targets of one process."""
        return IsolateId(id=self._session.host.id)

    @command
    def run_if_waiting_for_debugger(self) -> None:
        """Let the programs go on that wait for a front end."""
        self._session.host.release()

    def tell_process(self, process: Process) -> None:
        """Tell that *process* is linked."""
        if not self._enabled:
            return
        context = ExecutionContextDescription(
            id=process.number,
            origin="",
            name=f"python[{process.pid}]",
            unique_id=f"{self._session.host.id}.{process.number}",
            aux_data={"isDefault": process.number == 1},
        )
        self._session.send(encode_event(Runtime, ExecutionContextCreated(context=context)))

    def tell_notice(self, notice: Notice) -> None:
        """Show *notice* in the Console."""
        if not self._enabled:
            return
        event = ConsoleAPICalled(
            type=notice.level,
            args=[RemoteObject(type="string", value=f"tapscope: {notice.text}")],
            execution_context_id=notice.process,
            timestamp=notice.at * 1000,
        )
        self._session.send(encode_event(Runtime, event))
