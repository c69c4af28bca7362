"""The legal orders of an exchange's events, and a checker that holds publishers to them.

The table is what counts: the checker walks it, and the diagram in the
documentation is drawn from it (``python -m tapscope.channels.lifecycle_states``).
Nothing is checked until somebody asks, with :func:`checked` or with
``TAPSCOPE_DEBUG=1`` in the environment; only then does the checker subscribe.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

import attrs

from ._channel import Channel
from ._errors import LifecycleError
from ._lifecycle import Lifecycle, observe_lifecycles
from ._subscription import Subscription

LEGAL_ORDERS: Mapping[str, Mapping[str, str]] = {
    "unknown": {"start": "started"},
    "started": {
        "headers": "answered",
        "body_chunk": "started",
        "finish": "finished",
        "error": "failed",
    },
    "answered": {"body_chunk": "answered", "finish": "finished", "error": "failed"},
    "finished": {},
    "failed": {},
}
"""For every state of an exchange, the events that may come and the state that follows."""

REMEMBERED = 4096
"""How many exchanges that have ended are remembered, to notice what comes too late."""

_log = logging.getLogger("tapscope")


def mermaid() -> str:
    """Draw the table as a state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> unknown"]
    for state, moves in LEGAL_ORDERS.items():
        lines += [f"    {state} --> {after}: {event}" for event, after in moves.items()]
        if not moves:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines)


@attrs.define(eq=False)
class LifecycleChecker:
    """Follows every exchange of every lifecycle through the table.

    Attributes:
        violations: What was out of order, in words.
    """

    tell: Callable[[str], object] | None = None
    violations: list[str] = attrs.field(factory=list[str], init=False)
    _states: dict[tuple[str, object], str] = attrs.field(
        factory=dict[tuple[str, object], str], init=False
    )
    _ended: dict[tuple[str, object], None] = attrs.field(
        factory=dict[tuple[str, object], None], init=False
    )
    _subscriptions: list[Subscription] = attrs.field(factory=list[Subscription], init=False)
    _forget: Callable[[], object] | None = attrs.field(default=None, init=False)

    @property
    def open(self) -> int:
        """How many exchanges have started and not ended."""
        return len(self._states) - len(self._ended)

    def install(self) -> None:
        """Begin to check; exchanges that are under way already count as out of order."""
        self._forget = observe_lifecycles(self._follow)

    def remove(self) -> None:
        """Cease to check."""
        if self._forget is not None:
            self._forget()
        for subscription in self._subscriptions:
            subscription.close()

    def _follow(self, lifecycle: Lifecycle[Any, Any, Any, Any, Any]) -> None:
        for channel in lifecycle.channels:
            self._subscriptions.append(channel.subscribe(self._check_on(channel)))

    def _check_on(self, channel: Channel[Any]) -> Callable[[Any, str], None]:
        def check(message: Any, name: str) -> None:
            expected: Any = channel.event
            if expected is not None and not isinstance(message, expected):
                self._complain(f"{name} carries {expected.__name__}, not {message!r}")
            lifecycle, _, event = name.rpartition(".")
            self._advance((lifecycle, getattr(message, "id", None)), event)

        return check

    def _advance(self, exchange: tuple[str, object], event: str) -> None:
        state = self._states.get(exchange, "unknown")
        after = LEGAL_ORDERS[state].get(event)
        if after is None:
            legal = ", ".join(LEGAL_ORDERS[state]) or "nothing"
            self._complain(
                f"{exchange[0]}: exchange {exchange[1]} is {state}, where {legal} may come, "
                f"not {event}"
            )
            return
        self._states[exchange] = after
        if not LEGAL_ORDERS[after]:
            self._remember(exchange)

    def _remember(self, exchange: tuple[str, object]) -> None:
        self._ended[exchange] = None
        if len(self._ended) > REMEMBERED:
            oldest = next(iter(self._ended))
            del self._ended[oldest]
            del self._states[oldest]

    def _complain(self, violation: str) -> None:
        self.violations.append(violation)
        if self.tell is not None:
            self.tell(violation)


@attrs.define(eq=False)
class checked:  # noqa: N801  # it is used as a word: with checked()
    """Check the order of all exchanges inside the ``with``.

    The block is given the :class:`LifecycleChecker`.

    Raises:
        LifecycleError: At the end, if something was out of order.
    """

    _checker: LifecycleChecker = attrs.field(factory=LifecycleChecker, init=False)

    def __enter__(self) -> LifecycleChecker:
        self._checker.install()
        return self._checker

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._checker.remove()
        if error is None and self._checker.violations:
            raise LifecycleError("\n".join(self._checker.violations))


def check_always() -> LifecycleChecker:
    """Check from now on, and log what is out of order on the logger ``tapscope``."""
    checker = LifecycleChecker(tell=lambda violation: _log.error("out of order: %s", violation))
    checker.install()
    return checker


if __name__ == "__main__":
    print(mermaid())  # noqa: T201
