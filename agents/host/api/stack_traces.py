"""Stacks of processes as CDP has them."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import attrs
import orjson

from ...link.messages import MAX_STACKS, Frame
from ..protocol.structuring import converter, unstructure_attrs
from ..store.process import CausedStack, Process
from ..store.sources import Sources


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
    """A call stack, innermost frame first; what is one is told by identity.

    Attributes:
        description: What was called there to start the work that has this for its parent.
        parent: Where the work that runs there was started.
    """

    description: str | None = None
    call_frames: list[CallFrame]
    parent: StackTrace | None = None


class StackTraces:
    """Gives stacks as CDP has them, mostly the same object for the same stack."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._made: dict[tuple[int, int], StackTrace] = {}

    def of(self, process: Process, stack: CausedStack) -> StackTrace | None:
        """Give a *stack* of *process*, if it has any frames, and those that have caused it."""
        if not stack:
            return None
        key = (process.number, stack.number)
        if key not in self._made:
            if len(self._made) >= MAX_STACKS:
                self._made.clear()
            self._made[key] = self._make(process, stack)
        return self._made[key]

    def _make(self, process: Process, stack: CausedStack) -> StackTrace:
        return StackTrace(
            description=stack.description or None,
            call_frames=[self._call_frame(process, frame) for frame in stack],
            parent=self.of(process, stack.cause) if stack.cause else None,
        )

    def _call_frame(self, process: Process, frame: Frame) -> CallFrame:
        script = self._sources.of(process, frame)
        return CallFrame(
            function_name=frame.function,
            script_id=script.id,
            url=script.url,
            line_number=frame.line - 1,
            column_number=frame.column,
        )


_fragments: WeakKeyDictionary[StackTrace, orjson.Fragment] = WeakKeyDictionary()
_plain = unstructure_attrs(StackTrace)


def _fragment(trace: StackTrace) -> orjson.Fragment:
    """Give the JSON of *trace*, made once: it is most of what there is to say of a request."""
    made = _fragments.get(trace)
    if made is None:
        made = _fragments[trace] = orjson.Fragment(orjson.dumps(_plain(trace)))
    return made


converter.register_unstructure_hook(StackTrace, _fragment)
