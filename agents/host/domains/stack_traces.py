"""Stacks of processes as CDP has them."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import orjson

from ...link.messages import MAX_STACKS, Frame
from ..domain import converter, unstructure_attrs
from ..recorder import Exchange, Process
from ..sources import Sources
from .runtime_types import CallFrame, StackTrace


class StackTraces:
    """Gives the stacks of exchanges as CDP has them, mostly the same object for the same stack."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._made: dict[tuple[int, int], StackTrace] = {}

    def of(self, exchange: Exchange) -> StackTrace | None:
        """Give the stack of *exchange*, if it has any frames."""
        if not exchange.stack:
            return None
        key = (exchange.process.number, exchange.start.stack)
        if key not in self._made:
            if len(self._made) >= MAX_STACKS:
                self._made.clear()
            self._made[key] = self._make(exchange)
        return self._made[key]

    def _make(self, exchange: Exchange) -> StackTrace:
        process = exchange.process
        return StackTrace(call_frames=[self._call_frame(process, f) for f in exchange.stack])

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
