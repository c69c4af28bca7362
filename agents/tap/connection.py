"""One link to a host, from the program's hello to its goodbye."""

from __future__ import annotations

import contextlib

# Taken now, as gevent and eventlet replace it in its module later.
from _thread import allocate_lock
from collections.abc import Callable
from time import monotonic

from ...channels.delivery import gather
from ..link import Carrier, LinkClosed, LinkError
from ..link.messages import Goodbye, Message
from .orders import Orders
from .outgoing import Outgoing

TICK = 0.05
"""Seconds between two looks at the queue: nobody who looks at a screen sees them pass."""
FAREWELL = 5.0
"""Seconds in which the host takes nothing, after which a program that ends waits no longer."""
LONGEST_FAREWELL = 60.0
"""Seconds that it waits in all, should others of its threads tell more and more."""
GLANCE = 0.5
"""Seconds after which it is looked whether the host has taken something."""
PATIENCE = 0.05
"""Seconds that the program's threads wait at most for the one that uses the link."""


class Connection:
    """A link in use; any thread may call it.

    Args:
        on_lost: Called once with the reason when the host goes away, in the thread that
            notices it; is to close this.

    Attributes:
        closed: Whether nothing is told or heard any more.
    """

    def __init__(
        self,
        carrier: Carrier,
        outgoing: Outgoing,
        orders: Orders,
        on_lost: Callable[[str], object],
    ) -> None:
        self.closed: bool = False
        self._carrier = carrier
        self._outgoing = outgoing
        self._orders = orders
        self._on_lost = on_lost
        self._lock = allocate_lock()

    def tell(self, message: Message) -> None:
        """Leave *message* for the host, without waiting for whoever uses the link."""
        self._outgoing.add(message)

    def turn(self, patience: float = -1) -> bool:
        """Read, encode and write once; whether nothing is left to do.

        It waits at most *patience* seconds for another thread to be done with the link; if
        they are -1, as long as that takes.
        """
        gather()
        lock = self._lock
        if not lock.acquire(timeout=patience):
            return False
        try:
            if self.closed:
                return True
            return self._read_and_write()
        except (LinkClosed, LinkError) as error:
            self._on_lost(str(error))
        except Exception as error:
            # Whatever it is, nobody else is there to listen and to drain the queue.
            self._on_lost(f"the link failed: {error!r}")
        finally:
            lock.release()
        return True

    def _read_and_write(self) -> bool:
        self._orders.read(self._carrier)
        try:
            return self._outgoing.write()
        except LinkClosed:
            # What the host said last comes after the look above: why it will have none of us.
            self._orders.read(self._carrier)
            raise

    def wait(self, *, writing: bool) -> None:
        """Wait for the next tick or, *writing*, for room in the link."""
        self._carrier.wait(TICK, writing=writing)

    def flush(self, seconds: float = FAREWELL) -> bool:
        """Deliver what was published before this call; whether that was done in time."""
        deadline = monotonic() + seconds
        while not self.closed:
            if self.turn(max(deadline - monotonic(), 0)):
                return not self.closed
            if monotonic() > deadline:
                return False
            self.wait(writing=True)
        return False

    def deliver(self) -> None:
        """Write what was published before this call, as far as the link takes it at once."""
        if self.closed or not self._lock.acquire(timeout=PATIENCE):
            return
        try:
            if not self.closed:
                self._outgoing.write()
        except (LinkClosed, LinkError):
            pass  # the thread meets it as well, and says so
        finally:
            self._lock.release()

    def part(self) -> None:
        """Deliver what there is and say goodbye, which may last as long as the host takes of it.

        A host that takes nothing is told how much it has missed, should it go on some day; so
        is one that somebody does not want to wait for, and presses Ctrl-C.
        """
        try:
            delivered = self._flush_steadily()
        except KeyboardInterrupt:
            self._break_off()
            raise
        if delivered:
            self.tell(Goodbye())
            self.flush()
        else:
            self._break_off()

    def close(self) -> None:
        """End the link; a second call does nothing.

        Takes no lock, as forked children call it.
        """
        self.closed = True
        self._carrier.close()

    def wake(self) -> None:
        """End the :meth:`wait` of another thread, or the next one."""
        self._carrier.wake()

    def _break_off(self) -> None:
        if not self.closed and self._lock.acquire(timeout=PATIENCE):
            try:
                with contextlib.suppress(LinkClosed):
                    self._outgoing.break_off()
            finally:
                self._lock.release()

    def _flush_steadily(self) -> bool:
        taken, since = -1, monotonic()
        end = since + LONGEST_FAREWELL
        while not self.closed and monotonic() < min(since + FAREWELL, end):
            if self._outgoing.taken > taken:
                taken, since = self._outgoing.taken, monotonic()
            if self.flush(GLANCE):
                return True
        return False
