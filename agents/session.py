"""A front end without sockets: a whole host in this process, over a local link."""

from __future__ import annotations

import contextlib
import logging
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, final

import attrs
import orjson

from .host.domain import CommandError as CommandError  # noqa: PLC0414  # public here
from .host.host import Host, HostOptions
from .link import LinkError, LocalCarrier
from .program import hello
from .tap import Tap

_log = logging.getLogger("tapscope")

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
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._answers: dict[int, Mapping[str, Any]] = {}
        self._events: list[Notification] = []
        self._untold: deque[Notification] = deque()
        self._telling = False
        self._listeners: dict[str, list[Callable[[Notification], object]]] = {}
        self._last = 0
        self._host = Host(HostOptions(id=str(uuid.uuid4()), token=_TOKEN))
        self._session = self._host.connect(lambda: None)
        self._carrier = LocalCarrier(self._deliver)
        self._peer = self._host.link(self._carrier.deliver)
        self._tap = Tap(lambda: self._carrier, lambda: hello(_TOKEN), lambda _: None)
        self._tap.start()
        self._tap.attach()

    @property
    def events(self) -> tuple[Notification, ...]:
        """All events so far, also of what was published just before this is read."""
        self._tap.flush()
        self._deliver()
        return tuple(self._events)

    def post(self, method: str, params: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Give the result of a command, done on everything that was published before.

        Raises:
            CommandError: The host can't do it; ``code`` is JSON-RPC's.
        """
        self._tap.flush()
        self._deliver()
        with self._lock:
            self._last += 1
            command = {"id": self._last, "method": method, "params": dict(params or {})}
            self._session.receive(orjson.dumps(command).decode())
            self._sort()
            answer = self._answers.pop(self._last)
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
        self._tap.close()
        self._deliver()
        with self._lock:
            self._peer.close()
            self._session.close()

    def __exit__(self, *error: object) -> None:
        self.disconnect()

    def _deliver(self) -> None:
        """Take over what the tap has written, and tell the listeners what came of it."""
        with self._lock, contextlib.suppress(LinkError):  # the tap is told, and ends the link
            if data := self._carrier.take():
                self._peer.receive(data)
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
