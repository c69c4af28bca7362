from __future__ import annotations

import contextlib
from typing import Any

import attrs


@attrs.define(eq=False, slots=False)
class TraceContext:
    """What all events of one trace share, by identity.

    Subclass it to say more, or use an object of your own that takes attributes.

    Attributes:
        result: What the operation gave; ``None`` until then.
        error: What it raised; ``None`` unless it did.
    """

    result: Any = None
    error: BaseException | None = None


def note(context: object, name: str, value: object) -> None:
    """Set an attribute of *context*, if that takes any."""
    # The context is the caller's: it may be frozen, or a property may raise.
    with contextlib.suppress(Exception):
        setattr(context, name, value)


def error_of(future: Any) -> BaseException | None:
    """Give what a finished *future* has failed with, its cancellation included."""
    try:
        if not future.cancelled() and hasattr(future, "_exception"):
            # exception() would count as retrieving it, and asyncio then no
            # longer tells of an error that nobody has looked at.
            error: BaseException | None = future._exception  # noqa: SLF001
            return error
        error = future.exception()
    except BaseException as cancelled:  # that is how exception() tells of a cancelled one
        return cancelled
    return error
