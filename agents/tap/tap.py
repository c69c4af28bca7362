"""The one thread that tapscope runs in the watched program.

Waking a thread for each event would cost the program about 100 us a request,
as the interpreter lock changes hands; so nobody is woken.  The thread looks at
the queue twenty times a second and writes what it finds to the link.  Nothing
here ever blocks the program.
"""

from __future__ import annotations

import atexit

# Taken now, as gevent and eventlet replace it in its module later.
from _thread import RLock
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, cast

from ...channels import Subscription
from ...channels._origins import want_origins
from ...channels.delivery import delivered_by, gather
from ...channels.http import client as client  # noqa: PLC0414  # declared, so that it is heard
from ...channels.scoreboard import scoreboards
from ..link import Carrier
from ..link.messages import Hello, Message, Register, Returned, ScoreboardMade
from .connection import FAREWELL, Connection
from .encoder import EventEncoder
from .forking import Waking, call_at_child_exit, mind_forks
from .gate import Gate
from .hidden_thread import HiddenThread
from .listening import Listening
from .orders import Orders
from .outgoing import Outgoing
from .queue import EventQueue
from .scoreboard import MemoryScoreboard

if TYPE_CHECKING:
    from ..redaction import Rules
    from .redacting import Redaction

PAUSE = 1.0
"""Seconds that a fork waits at most for the thread to end."""


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
        self._redaction: Redaction | None = None
        self._events = EventEncoder()
        self._queue = EventQueue(self._events, self._revive)
        self._listening = Listening(self._queue)
        self._delivery: Subscription | None = None
        self._gate = Gate()
        self._orders = Orders(self._listening, self._gate, self._answer, on_told)
        self._scoreboard = MemoryScoreboard(lambda path: self.tell(ScoreboardMade(path)))
        self._connection: Connection | None = None
        self._forked = False
        self._thread: HiddenThread | None = None
        self._reviving = RLock()
        mind_forks(self)

    @property
    def running(self) -> bool:
        """Whether it has a host, or is a forked child's and gets one when it needs it."""
        return self._linked is not None or self._forked

    @property
    def _linked(self) -> Connection | None:
        """The link, if it is not closed."""
        connection = self._connection
        return None if connection is None or connection.closed else connection

    def start(self) -> None:
        """Open the link and start the thread.

        Raises:
            OSError: There is no host, or no thread to be had.
        """
        self._events = EventEncoder()
        if self._redaction is not None:
            self._redaction.restart()
            self._redaction.prepare(self._events)
        self._orders.restart()
        self._carrier = self._connect()
        self._outgoing = Outgoing(self._carrier, self._queue, self._hello(), self._redaction)
        connection = Connection(self._carrier, self._outgoing, self._orders, self._lost)
        self._connection = connection
        self._forked = False
        atexit.register(self._close_at_exit)
        try:
            self._start_thread(connection)
        except RuntimeError as error:
            self._end()
            raise OSError(str(error)) from error

    def attach(self) -> None:
        """Hear what the host wants to be told of, unless that is done or there is no host."""
        if self.running:
            self._listening.start()
            self._delivery = self._delivery or delivered_by(self.deliver)
            if self._carrier.between_processes:
                scoreboards.current = self._scoreboard

    def detach(self) -> None:
        """Stop listening; what was heard is still delivered."""
        self._listening.stop()
        if scoreboards.current is self._scoreboard:
            scoreboards.current = None
        delivery, self._delivery = self._delivery, None
        if delivery is not None:
            delivery.close()

    def redact(self, rules: Rules) -> None:
        """Hide from now on what *rules* name; in place of those of an earlier call."""
        from .redacting import Redaction

        if self._redaction is None:
            self._redaction = Redaction(rules)
            if self.running:
                self._outgoing.redaction = self._redaction
        else:
            self._redaction.follow(rules)
        self._redaction.prepare(self._events)
        # What is noted there is not redacted.
        self._scoreboard.with_arguments = False

    def tell(self, message: Message) -> None:
        """Leave *message* for the host; without one do nothing."""
        if (connection := self._linked) is not None:
            connection.tell(message)

    def register(self, domain: Register, lifecycles: Collection[str]) -> None:
        """Tell of a domain, and of its *lifecycles* even before the host has asked for them."""
        self._listening.also(lifecycles)
        self.tell(domain)

    def flush(self, seconds: float = FAREWELL) -> bool:
        """Deliver what was published before this call; whether that was done in time."""
        connection = self._linked
        return connection is not None and connection.flush(seconds)

    def deliver(self) -> None:
        """Write what was published before this call, as far as the link takes it at once."""
        if (connection := self._linked) is not None:
            connection.deliver()

    def wait_released(self) -> None:
        """Block until a front end says ``Runtime.runIfWaitingForDebugger``, or the host is gone."""
        if self._forked and not self._revive():
            return
        self._resume()
        self._gate.wait()

    def close(self) -> None:
        """Deliver the rest, say goodbye and end the link; a second call does nothing."""
        gather(last=True)
        self.detach()
        self._forked = False
        self.part()
        self._end()

    def _close_at_exit(self) -> None:
        try:
            self.close()
        except KeyboardInterrupt:
            # The program is over, and would only be told how deep in here that was.
            self._end()

    def part(self) -> None:
        """Deliver what there is and say goodbye, as the program ends or becomes another one.

        That may last as long as the host takes of it.
        """
        if (connection := self._linked) is not None:
            connection.part()

    def _answer(self, returned: Returned) -> None:
        redaction = self._redaction
        self.tell(returned if redaction is None else redaction.returned(returned))

    def _start_thread(self, connection: Connection) -> None:
        self._queue.encoder = self._events
        self._thread = HiddenThread(lambda mine: self._run(mine, connection))
        self._thread.start()

    def _run(self, mine: HiddenThread, connection: Connection) -> None:
        while self._thread is mine and not connection.closed:
            blocked = not connection.turn()
            mine.hide()
            connection.wait(writing=blocked)
        connection.turn()

    def _resume(self) -> None:
        """Start the thread again that ended before a fork."""
        with self._reviving:
            if self._thread is None and (connection := self._linked) is not None:
                self._start_thread(connection)

    def _lost(self, reason: str) -> None:
        self.detach()
        self._end()
        self._on_lost(reason)

    def _end(self) -> None:
        atexit.unregister(self._close_at_exit)
        if (connection := self._linked) is not None:
            connection.close()
            self._scoreboard.close()
            want_origins(0)
            self._gate.open()

    def _revive(self) -> bool:
        """Link a forked child, at its first exchange; whether that worked or is done already."""
        if self._queue.limit >= 0:
            return False
        with self._reviving:
            return self._linked is not None or (self._forked and self._link_child())

    def _link_child(self) -> bool:
        self._queue.reset()
        try:
            self.start()
        except OSError:
            self._forked = False
            self.detach()
            return False
        call_at_child_exit(self.close)
        return True

    def before_fork(self) -> None:
        """End the thread until the next event: Python 3.12 warns of threads where it forks."""
        with self._reviving:
            thread, self._thread = self._thread, None
            self._queue.encoder = cast("Any", Waking(self._events, self._resume))
        if thread is not None and (connection := self._linked) is not None:
            connection.wake()
            thread.join(PAUSE)

    def after_fork(self) -> None:
        """Forget the parent's link, in the child; its first exchange opens another.

        Takes no lock: whoever held one in the parent does not exist here.
        """
        if self.running:
            self._forked = True
            self._reviving = RLock()
            self._gate.restart()
            self._queue.reset()
            self._queue.limit = -1
            before, self._scoreboard = self._scoreboard, self._scoreboard.left_to_parent()
            if scoreboards.current is before:
                scoreboards.current = self._scoreboard
            if self._connection is not None:
                self._connection.close()
