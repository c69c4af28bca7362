from __future__ import annotations

from types import TracebackType
from typing import Any, Protocol, cast
from weakref import ref

import attrs

from ._channel import Channel
from ._outcome import note
from ._stores import NO_SCOPE, StoreScope


class TraceChannels(Protocol):
    """The five channels of an operation."""

    @property
    def start(self) -> Channel[Any]:
        """It is about to be called."""
        ...

    @property
    def end(self) -> Channel[Any]:
        """Its caller has control again."""
        ...

    @property
    def async_start(self) -> Channel[Any]:
        """Its outcome is there, later than its caller had control."""
        ...

    @property
    def async_end(self) -> Channel[Any]:
        """Whoever waited for the outcome has been told."""
        ...

    @property
    def error(self) -> Channel[Any]:
        """It failed."""
        ...


@attrs.define(eq=False)
class Span:
    """One operation of a tracing channel, as a ``with`` or an ``async with``.

    The block is given the trace's context, to set its ``result``.  What it
    raises becomes an error event and goes on as it is.
    """

    _channels: TraceChannels
    context: Any
    _tolerated: tuple[type[BaseException], ...] = ()
    scope: StoreScope = attrs.field(default=NO_SCOPE, init=False)

    def begin(self) -> None:
        """Set the stores of start, and publish it."""
        self.scope = self._channels.start.store_scope(self.context)
        self.scope.__enter__()

    def __enter__(self) -> Any:
        self.begin()
        return self.context

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.fail(error)
            self._channels.end.publish(self.context)
        finally:
            self.scope.pause()

    async def __aenter__(self) -> Any:
        self.begin()
        self.give_way()
        return self.context

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.settle(error)

    def give_way(self) -> None:
        """Publish that the caller has control again."""
        self._channels.end.publish(self.context)

    def settle(self, error: BaseException | None) -> None:
        """Publish that the outcome is there: *error*, or the result that was noted."""
        try:
            self.fail(error)
            self._channels.async_start.publish(self.context)
            self._channels.async_end.publish(self.context)
        finally:
            self.scope.pause()

    def fail(self, error: BaseException | None) -> None:
        """Publish *error*, if there is one and it counts."""
        if error is not None and not isinstance(error, self._tolerated):
            note(self.context, "error", error)
            self._channels.error.publish(self.context)


@attrs.frozen(eq=False)
class Settling:
    """A ``with`` whose end is the outcome of *span*."""

    span: Span

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.span.settle(error)


class _Discarding:
    """The context of a trace that nobody sees: forgets what is set."""

    __slots__ = ("__weakref__",)
    result = error = None

    def __setattr__(self, name: str, value: object) -> None:
        pass


_DISCARDING = _Discarding()


class IdleSpan:
    """The span while nobody listens: one object for all, without state.

    An idle ``with`` must cost no more than a Python call, and methods would
    cost two.  A weak reference gives its object when it is called, and neither
    it nor a static method has to be bound.
    """

    __slots__ = ()
    __enter__ = ref(_DISCARDING)

    @staticmethod
    def __exit__(kind: object, error: object, traceback: object) -> None:  # noqa: PYI036  # static
        pass

    async def __aenter__(self) -> Any:
        return _DISCARDING

    async def __aexit__(self, kind: object, error: object, traceback: object) -> None:
        pass


# To its users it is a span like any other.
IDLE = cast("Span", IdleSpan())
