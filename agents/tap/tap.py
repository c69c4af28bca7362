"""The one thread that tapscope runs in the watched program.

Waking a thread for each event would cost the program about 100 us a request,
as the interpreter lock changes hands; so nobody is woken.  The thread looks at
the queue twenty times a second and writes what it finds to the link.  Nothing
here ever blocks the program.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import weakref

# These are taken now, as gevent and eventlet replace them in their modules later.
from _thread import LockType, RLock, allocate_lock
from collections.abc import Callable, Collection
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from ...channels import Subscription
from ...channels._origins import want_origins
from ...channels.delivery import delivered_by, gather
from ...channels.http import client as client  # noqa: PLC0414  # declared, so that it is heard
from ..link import Carrier, Decoder, Encoder, LinkClosed, LinkError
from ..link.messages import (
    MAGIC,
    Call,
    Dropped,
    Goodbye,
    Hello,
    Listen,
    Message,
    Refused,
    Register,
    Released,
    StackDepth,
    Told,
)
from .calls import Calls
from .encoder import EventEncoder
from .hidden_thread import HiddenThread
from .listening import Listening
from .queue import EventQueue

if TYPE_CHECKING:
    from ..redaction import Rules

TICK = 0.05
"""Seconds between two looks at the queue: nobody who looks at a screen sees them pass."""
FAREWELL = 5.0
"""Seconds that a program which ends waits at most for the host to take the rest."""
PATIENCE = 0.05
"""Seconds that :meth:`Tap.deliver` waits at most for another thread to be done with the link."""
PAUSE = 0.2
"""Seconds that a fork waits at most for the thread to end."""
BATCH = 128 * 1024
"""Bytes of encoded messages that may wait for the link; the rest stays queued."""


class Tap:
    """Carries what the bus publishes to a host.

    Args:
        connect: Opens the link; called again in a forked child.
        hello: Makes the first message; called again in a forked child.
        on_lost: Called once with the reason when the host goes away, in the thread that
            notices it: mostly the tap's own.
        on_told: Called with each line that the host has for the program's standard error.
    """

    def __init__(
        self,
        connect: Callable[[], Carrier],
        hello: Callable[[], Hello],
        on_lost: Callable[[str], None],
        on_told: Callable[[str], None],
    ) -> None:
        self._connect = connect
        self._hello = hello
        self._on_lost = on_lost
        self._on_told = on_told
        self._make_encoder: Callable[[], EventEncoder] = EventEncoder
        self._queue = EventQueue(EventEncoder(), self._revive)
        self._pop = self._queue.pop
        self._listening = Listening(self._queue)
        self._delivery: Subscription | None = None
        self._calls = Calls(self.tell)
        self._unreleased = _held_lock()
        self._stopped = True
        self._forked = False
        self._thread: HiddenThread | None = None
        self._reviving = RLock()
        _forkable.add(self)

    @property
    def running(self) -> bool:
        """Whether it has a host, or is a forked child's and gets one when it needs it."""
        return not self._stopped or self._forked

    def start(self) -> None:
        """Open the link and start the thread.

        Raises:
            OSError: There is no host, or no thread to be had.
        """
        self._lock = allocate_lock()
        self._encoder = Encoder()
        self._events = self._make_encoder()
        self._decoder = Decoder(magic=False)
        self._told = Dropped(0, 0)
        self._carrier = self._connect()
        self._unsent = memoryview(MAGIC + self._encoder.encode(self._hello()))
        self._stopped = self._forked = False
        atexit.register(self.close)
        try:
            self._start_thread()
        except RuntimeError as error:
            self._end()
            raise OSError(str(error)) from error

    def attach(self) -> None:
        """Hear what the host wants to be told of, unless that is done or there is no host."""
        if self.running:
            self._listening.start()
            self._delivery = self._delivery or delivered_by(self.deliver)

    def detach(self) -> None:
        """Stop listening; what was heard is still delivered."""
        self._listening.stop()
        delivery, self._delivery = self._delivery, None
        if delivery is not None:
            delivery.close()

    def redact(self, rules: Rules) -> None:
        """Hide from now on what *rules* name; in place of those of an earlier call."""
        from .redacting import redacted_result, redacting, released

        make, redactor = redacting(rules)
        pop = self._queue.pop
        self._pop = lambda: released(pop())
        self._calls = Calls(lambda returned: self.tell(redacted_result(redactor, returned)))
        self._make_encoder = make
        if self.running:
            self._events = make()
            resting = self._thread is None
            waking = cast("Any", _Waking(self._events, self._resume))
            self._queue.encoder = waking if resting else self._events

    def tell(self, message: Message) -> None:
        """Leave *message* for the host; without one do nothing."""
        if self.running:
            with self._lock:
                self._encoder.add_message(message)

    def register(self, domain: Register, lifecycles: Collection[str]) -> None:
        """Tell of a domain, and of its *lifecycles* even before the host has asked for them."""
        self._listening.also(lifecycles)
        self.tell(domain)

    def flush(self, seconds: float = FAREWELL) -> bool:
        """Deliver what was published before this call; whether that was done in time."""
        deadline = monotonic() + seconds
        while not self._stopped:
            if self._turn():
                return not self._stopped
            if monotonic() > deadline:
                return False
            self._carrier.wait(TICK, writing=True)
        return False

    def deliver(self) -> None:
        """Write what was published before this call, as far as the link takes it at once."""
        if self._stopped or not self._lock.acquire(timeout=PATIENCE):
            return
        try:
            if not self._stopped:
                self._write()
        except (LinkClosed, LinkError):
            pass  # the thread meets it as well, and says so
        finally:
            self._lock.release()

    def wait_released(self) -> None:
        """Block until a front end says ``Runtime.runIfWaitingForDebugger``, or the host is gone."""
        if self._forked and not self._revive():
            return
        self._resume()
        self._unreleased.acquire()

    def close(self) -> None:
        """Deliver the rest, say goodbye and end the link; a second call does nothing."""
        gather(last=True)
        self.detach()
        self._forked = False
        if self.flush():
            with self._lock:
                self._encoder.add_message(Goodbye())
            self.flush()
        self._end()

    def _start_thread(self) -> None:
        self._queue.encoder = self._events
        self._thread = HiddenThread(self._run)
        self._thread.start()

    def _run(self, mine: HiddenThread) -> None:
        carrier = self._carrier
        while self._thread is mine and not self._stopped:
            blocked = not self._turn()
            carrier.wait(TICK, writing=blocked)
        self._turn()

    def _turn(self) -> bool:
        """Read, encode and write once; whether nothing is left to do."""
        gather()
        with self._lock:
            if self._stopped:
                return True
            try:
                self._read()
                return self._write()
            except (LinkClosed, LinkError) as error:
                self._lost(str(error))
            except Exception as error:
                # Whatever it is, nobody else is there to listen and to drain the queue.
                self._lost(f"the link failed: {error!r}")
            return True

    def _read(self) -> None:
        while data := self._carrier.read():
            for message in self._decoder.feed(data):
                self._take(message)

    def _take(self, message: Message) -> None:
        match message:
            case Released():
                self._release()
            case Refused():
                raise LinkClosed(message.reason)
            case Listen():
                self._listening.only(message.lifecycles)
            case StackDepth():
                want_origins(message.depth)
            case Told():
                self._on_told(message.text)
            case Call():
                if (refusal := self._calls.start(message)) is not None:
                    self._encoder.add_message(refusal)
            case _:
                pass

    def _release(self) -> None:
        with contextlib.suppress(RuntimeError):  # released already
            self._unreleased.release()

    def _write(self) -> bool:
        while self._unsent or self._collect():
            count = self._carrier.write(self._unsent)
            if not count:
                return False
            self._unsent = self._unsent[count:]
        return True

    def _resume(self) -> None:
        """Start the thread again that ended before a fork."""
        with self._reviving:
            if self._thread is None and not self._stopped:
                self._start_thread()

    def _collect(self) -> bool:
        """Take the next bytes to write; whether there are any."""
        queue, batch, size = self._queue, [self._encoder.take()], 0
        while size < BATCH and (encoded := self._pop()) is not None:
            batch.append(encoded)
            size += len(encoded)
        dropped = queue.dropped()
        if dropped != self._told:
            self._told = dropped
            batch.append(self._encoder.encode(dropped))
        self._unsent = memoryview(b"".join(batch))
        return len(self._unsent) > 0

    def _lost(self, reason: str) -> None:
        self.detach()
        self._end()
        self._on_lost(reason)

    def _end(self) -> None:
        atexit.unregister(self.close)
        if not self._stopped:
            self._stopped = True
            want_origins(0)
            self._release()
            self._carrier.close()

    def _revive(self) -> bool:
        """Link a forked child, at its first exchange; whether that worked or is done already."""
        if self._queue.limit >= 0:
            return False
        with self._reviving:
            return not self._stopped or (self._forked and self._link_child())

    def _link_child(self) -> bool:
        self._queue.reset()
        try:
            self.start()
        except OSError:
            self._forked = False
            self.detach()
            return False
        # The children of multiprocessing leave by os._exit, past atexit.
        if "multiprocessing.util" in sys.modules:
            sys.modules["multiprocessing.util"].Finalize(None, self.close, exitpriority=0)
        return True

    def before_fork(self) -> None:
        """End the thread until the next event: Python 3.12 warns of threads where it forks."""
        with self._reviving:
            thread, self._thread = self._thread, None
            self._queue.encoder = cast("Any", _Waking(self._events, self._resume))
        if thread is None or self._stopped:
            return
        self._carrier.wake()
        thread.join(PAUSE)

    def after_fork(self) -> None:
        """Forget the parent's link, in the child; its first exchange opens another.

        Takes no lock: whoever held one in the parent does not exist here.
        """
        if self.running:
            self._stopped = self._forked = True
            self._reviving = RLock()
            self._unreleased = _held_lock()
            self._queue.reset()
            self._queue.limit = -1
            self._carrier.close()


class _Waking:
    """Stands in for an encoder while the thread rests: the first event wakes it."""

    def __init__(self, encoder: EventEncoder, wake: Callable[[], None]) -> None:
        self._encoder = encoder
        self._wake = wake

    def __getattr__(self, name: str) -> Any:
        self._wake()
        return getattr(self._encoder, name)


def _held_lock() -> LockType:
    lock = allocate_lock()
    lock.acquire()
    return lock


_forkable: weakref.WeakSet[Tap] = weakref.WeakSet()


def _before_fork() -> None:
    for tap in list(_forkable):
        tap.before_fork()


def _after_fork_in_child() -> None:
    for tap in list(_forkable):
        tap.after_fork()


os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
