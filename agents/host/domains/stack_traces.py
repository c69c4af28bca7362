"""Stacks of processes as CDP has them."""

from __future__ import annotations

from ...link.messages import Frame
from ..recorder import Process
from ..sources import Sources
from .runtime_types import CallFrame, StackTrace


class StackTraces:
    """Gives the stacks of processes as CDP has them, the same object for the same stack."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._made: dict[tuple[int, int], StackTrace] = {}

    def of(self, process: Process, stack: int) -> StackTrace | None:
        """Give the stack that *process* sent under this number, if it has any frames."""
        frames = process.stacks.get(stack)
        if not frames:
            return None
        key = (process.number, stack)
        if key not in self._made:
            self._made[key] = StackTrace(
                call_frames=[self._call_frame(process, frame) for frame in frames]
            )
        return self._made[key]

    def _call_frame(self, process: Process, frame: Frame) -> CallFrame:
        script = self._sources.of(process, frame)
        return CallFrame(
            function_name=frame.function,
            script_id=script.id,
            url=script.url,
            line_number=frame.line - 1,
            column_number=frame.column,
        )
