"""Seeing to it that what was published has left the program.

A subscriber that carries events elsewhere does so in its own time, which
native code may never let come: it can hold the interpreter lock, or end the
process.  So who is about to call such code has everything carried off first.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ._lock import lock
from ._subscription import Subscription

_couriers: tuple[Callable[[], object], ...] = ()
_gatherers: tuple[Callable[[bool], object], ...] = ()


def deliver() -> None:
    """Have all couriers carry off what was published before; never raises, hardly waits."""
    for courier in _couriers:
        # Who carries has its own ways to tell.
        with suppress(Exception):
            courier()


def gather(*, last: bool = False) -> None:
    """Have published what was held back; a courier calls it now and then, and *last* at its end."""
    for gatherer in _gatherers:
        with suppress(Exception):
            gatherer(last)


def delivered_by(courier: Callable[[], object]) -> Subscription:
    """Have *courier* called by :func:`deliver`, in any thread, until that is closed."""
    global _couriers  # noqa: PLW0603  # replaced and never changed, as it is read without a lock
    with lock:
        _couriers = (*_couriers, courier)
    return Subscription(courier, lambda: _dismiss_courier(courier))


def gathered_by(gatherer: Callable[[bool], object]) -> Subscription:
    """Have *gatherer* called by :func:`gather`, in any thread, until that is closed.

    It gets whether this is the last time.
    """
    global _gatherers  # noqa: PLW0603  # as above
    with lock:
        _gatherers = (*_gatherers, gatherer)
    return Subscription(gatherer, lambda: _dismiss_gatherer(gatherer))


def _dismiss_courier(courier: Callable[[], object]) -> None:
    global _couriers  # noqa: PLW0603  # as above
    with lock:
        _couriers = tuple(kept for kept in _couriers if kept is not courier)


def _dismiss_gatherer(gatherer: Callable[[bool], object]) -> None:
    global _gatherers  # noqa: PLW0603  # as above
    with lock:
        _gatherers = tuple(kept for kept in _gatherers if kept is not gatherer)
