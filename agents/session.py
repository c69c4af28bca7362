"""A front end without sockets: a whole host in this process, over a local link."""

from __future__ import annotations

import contextlib
import logging
import threading
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, final

import attrs
import orjson

from .host.api.domain import Domain
from .host.host import Host, HostOptions
from .host.protocol.errors import CommandError as CommandError  # noqa: PLC0414  # public here
from .host.registration.loading import RegistrationError, checked
from .link import LinkError, LocalCarrier
from .program import hello
from .registry import registry
from .tap import Tap

if TYPE_CHECKING:
    from .host.inspector.thread import LoopThread
    from .redaction import Rules

_log = logging.getLogger("tapscope")

_TURN = 0.02
"""Seconds between two looks at the link while an answer is awaited."""
_TOKEN = "local"  # noqa: S105  # nobody else can reach a local link


@attrs.frozen
class Notification:
    """An event of a domain: its method, ``"Network.requestWillBeSent"``, and CDP's parameters."""

    method: str
    params: Mapping[str, Any]


@final
class Session(AbstractContextManager["Session"]):
    """A front end within the program, as ``node:inspector`` has it: for tests and notebooks.

    From its creation on it records what this program does; other hosts and
    sessions are not disturbed.  Usable in ``with``; any thread may call it.

    Args:
        domains: Of one's own, for this session alone; it has those that are
            registered or installed in any case.
        redact: What it is not told; by default it is told everything.

    Raises:
        RegistrationError: One of *domains* can't be used.
    """

    def __init__(self, *domains: type[Domain], redact: Rules | None = None) -> None:
        self._lock = threading.RLock()
        self._answered = threading.Condition(self._lock)
        self._runner = _Runner(self._lock)
        self._left = False
        self._answers: dict[int, Mapping[str, Any]] = {}
        self._events: list[Notification] = []
        self._untold: deque[Notification] = deque()
        self._telling = False
        self._listeners: dict[str, list[Callable[[Notification], object]]] = {}
        self._last = 0
        self._host = Host(HostOptions(id=str(uuid.uuid4()), token=_TOKEN))
        for domain in domains:
            self._host.add_domain(checked(domain))
        self._host.discover()
        self._session = self._host.connect(self._wake, self._runner)
        self._carrier = LocalCarrier(self._deliver)
        self._peer = self._host.link(self._carrier.deliver)
        self._tap = Tap(lambda: self._carrier, lambda: hello(_TOKEN), _ignore, _log.warning)
        if redact is not None:
            self._tap.redact(redact)
        self._tap.start()
        self._tap.attach()
        self._unfollow = registry.follow(self._have)

    @property
    def events(self) -> tuple[Notification, ...]:
        """All events so far, also of what was published just before this is read."""
        self._tap.flush()
        self._deliver()
        return tuple(self._events)

    def post(self, method: str, params: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Give the result of a command, done on everything that was published before.

        It blocks until the command has ended, also in a program with a loop: one that
        is async runs in a thread of its own.

        Raises:
            CommandError: The host can't do it, or is disconnected; ``code`` is JSON-RPC's.
        """
        self._tap.flush()
        self._deliver()
        with self._lock:
            self._last += 1
            number = self._last
            command = {"id": number, "method": method, "params": dict(params or {})}
            self._session.receive(orjson.dumps(command).decode())
        answer = self._await_answer(number)
        self._tell()
        if "error" in answer:
            raise CommandError(answer["error"]["message"], answer["error"]["code"])
        result: Mapping[str, Any] = answer["result"]
        return result

    def on(self, method: str, listener: Callable[[Notification], object]) -> None:
        """Call *listener* with every event called *method*, in the thread that notices it.

        It may call the session; events that this brings are told after the present one.
        """
        self._listeners.setdefault(method, []).append(listener)

    def disconnect(self) -> None:
        """Stop recording; a second call does nothing."""
        self._unfollow()
        self._tap.close()
        self._deliver()
        with self._lock:
            self._left = True
            self._peer.close()
            self._session.close()
            self._answered.notify_all()
        self._runner.close()

    def __exit__(self, *error: object) -> None:
        self.disconnect()

    def _wake(self) -> None:
        with self._lock:
            self._answered.notify_all()

    def _await_answer(self, number: int) -> Mapping[str, Any]:
        while True:
            with self._lock:
                self._sort()
                if number in self._answers:
                    return self._answers.pop(number)
                if self._left:
                    raise CommandError("this session is disconnected")
                self._answered.wait(_TURN)
            # This may be the tap's own thread, which a call into the program needs.
            self._tap.flush(0)
            self._deliver()

    def _have(self, domain: type[Domain]) -> None:
        """Take a domain that the program has registered, and hear of its lifecycles at once."""
        with self._lock:
            try:
                self._host.add_domain(domain)
            except RegistrationError as error:
                _log.warning("%s", error)
        self._tap.flush()

    def _deliver(self) -> None:
        """Take over what the tap has written, and tell the listeners what came of it."""
        with self._lock, contextlib.suppress(LinkError):  # the tap is told, and ends the link
            if data := self._carrier.take():
                self._peer.receive(data)
            self._host.look()
            self._sort()
        self._tell()

    def _sort(self) -> None:
        while taken := self._session.take():
            for text in taken:
                message = orjson.loads(text)
                if "id" in message:
                    self._answers[message["id"]] = message
                else:
                    notification = Notification(message["method"], message["params"])
                    self._events.append(notification)
                    self._untold.append(notification)

    def _tell(self) -> None:
        """Call the listeners, without the lock, and one event after the other."""
        with self._lock:
            if self._telling:
                return
            self._telling = True
        while (notification := self._next_untold()) is not None:
            for listener in tuple(self._listeners.get(notification.method, ())):
                try:
                    listener(notification)
                except Exception:
                    _log.exception("listener %r of %r failed", listener, notification.method)

    def _next_untold(self) -> Notification | None:
        with self._lock:
            if self._untold:
                return self._untold.popleft()
            self._telling = False
            return None


class _Runner:
    """Runs async commands in a thread; trio is loaded for the first."""

    def __init__(self, lock: AbstractContextManager[object]) -> None:
        self._lock = lock
        self._made: LoopThread | None = None

    def start(
        self, work: Callable[[], Awaitable[object]], seconds: float, late: Callable[[], object]
    ) -> Callable[[], object]:
        """Run *work* in the thread."""
        return self._thread().start(work, seconds, late)

    async def wait(self, begin: Callable[[Callable[[], object]], Callable[[], object]]) -> None:
        """Wait for what *begin* begins."""
        await self._thread().wait(begin)

    def close(self) -> None:
        """End the thread, if there is one."""
        if self._made is not None:
            self._made.close()

    def _thread(self) -> LoopThread:
        if self._made is None:
            from .host.inspector.thread import LoopThread

            self._made = LoopThread(self._lock)
        return self._made


def _ignore(_reason: str) -> None:
    pass
