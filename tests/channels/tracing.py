"""What the tests of tracing share: who writes down the events of one tracing channel."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from tapscope.channels import (
    SubscriptionGroup,
    TraceContext,
    TraceHandlers,
    TracingChannel,
    tracing_channel,
)

SYNC = ["start", "end"]
SYNC_FAILED = ["start", "error", "end"]
AWAITED = ["start", "end", "async_start", "async_end"]
AWAITED_FAILED = ["start", "end", "error", "async_start", "async_end"]


@attrs.define
class Tape:
    """A tracing channel, the events heard on it, and the contexts they carried."""

    trace: TracingChannel
    order: list[str] = attrs.field(factory=list[str])
    contexts: list[object] = attrs.field(factory=list[object])

    @property
    def handlers(self) -> TraceHandlers:
        return TraceHandlers(
            start=self.hear("start"),
            end=self.hear("end"),
            async_start=self.hear("async_start"),
            async_end=self.hear("async_end"),
            error=self.hear("error"),
        )

    def hear(self, event: str) -> Callable[[object, str], None]:
        def heard(context: object, name: str) -> None:
            assert name.endswith(f".{event}")
            self.order.append(event)
            self.contexts.append(context)

        return heard

    def listen(self) -> SubscriptionGroup:
        return self.trace.subscribe(self.handlers)

    @property
    def context(self) -> TraceContext:
        """The one context that all events shared."""
        [context] = {id(each): each for each in self.contexts}.values()
        assert isinstance(context, TraceContext)
        return context


def listening(name: str) -> Tape:
    """Give a tape that has begun to listen, to a name that only one test uses."""
    made = Tape(tracing_channel(name))
    made.listen()
    return made
