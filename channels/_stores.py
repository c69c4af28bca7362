"""Context variables bound to a channel: set while something that it announces goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Self, TypeAlias

import attrs

Transform: TypeAlias = Callable[[Any], Any]
"""Makes the variable's value of the message."""


@attrs.define(eq=False)
class Binding:
    """One context variable, and what makes its value: a list of one, or of none."""

    variable: ContextVar[Any]
    evaluate: Callable[[Any], list[Any]]

    def enter(self, value: object) -> Callable[[], object]:
        """Set the variable; give what undoes that."""
        token = self.variable.set(value)
        return lambda: self.variable.reset(token)


@attrs.define(eq=False)
class StoreScope:
    """Inside its ``with``, the stores of a channel hold what the message says.

    All values are made first, while the variables still have their old ones;
    then they are set, and then the message is published, so that subscribers
    see the new ones.  They are put back in reverse, however the block ends; the
    second exit does nothing.
    """

    _bindings: tuple[Binding, ...]
    _publish: Callable[[Any], object]
    _message: Any
    _values: list[tuple[Binding, Any]] = attrs.field(factory=list[tuple[Binding, Any]], init=False)
    _undo: list[Callable[[], object]] = attrs.field(factory=list[Callable[[], object]], init=False)

    def __enter__(self) -> Self:
        self._values = [
            (binding, value)
            for binding in self._bindings
            for value in binding.evaluate(self._message)
        ]
        self.resume()
        try:
            self._publish(self._message)
        except BaseException:  # a KeyboardInterrupt, say: there will be no exit
            self.pause()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.pause()

    def resume(self) -> None:
        """Set the variables, once more after :meth:`pause`."""
        self._undo = [binding.enter(value) for binding, value in self._values]

    def pause(self) -> None:
        """Put the variables back, as a generator must do while it is not running."""
        while self._undo:
            # It may be closed in another context, which has its own values.
            with contextlib.suppress(ValueError):
                self._undo.pop()()


def _publish_nothing(message: object) -> None:
    del message


NO_SCOPE = StoreScope((), _publish_nothing, None)
"""The scope of a channel that nobody listens to: does nothing, for everybody at once."""
