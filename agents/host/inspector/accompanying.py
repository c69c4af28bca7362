"""The host of one program, in the process that has started the program and waits for its end."""

from __future__ import annotations

import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol

import attrs
import trio

from ..config import HostConfig
from ..host import Host
from ..session.runner import Runner
from .alarm import Alarm
from .leaving import leave_soon
from .links import LinkServer
from .listener import Listener
from .main import PARTING, Inspector
from .tasks import Steps, Tasks

MOMENT = 1.0
"""Seconds that are waited for programs that have not ended."""
LONGEST = 60.0
"""Seconds that what was said is read after that, should some of them tell more and more."""
GLANCE = 0.05
"""Seconds between two looks whether there is more."""
TICK = 0.25
"""Seconds between two calls of what tells how far it is."""

_FROM_TERMINAL = (signal.SIGINT, signal.SIGQUIT)  # the program gets these from the terminal, too
_FORWARDED = (signal.SIGTERM, signal.SIGHUP)


class Program(Protocol):
    """A program to be run as a child."""

    def run(self) -> int:
        """Run it to its end, in a thread that is not the main one; give how it ended."""
        ...

    def signal(self, number: int) -> None:
        """Give it a signal, or keep that for it until it runs; in the main thread."""
        ...


@attrs.frozen(kw_only=True)
class Accompaniment:
    """What is done beside a program.

    Attributes:
        host: Hears what the program does.
        live: Whether front ends are served.
        on_begin: Called before the program is, with what runs async commands.
        on_tick: Called now and then while the program runs.
        on_end: Called once it has ended and all that it has said was heard.
        leave: Called in another thread, with how it ended, if something that a domain has left
            running keeps this process from ending; must end it.
    """

    host: Host
    live: bool
    on_begin: Callable[[Runner], object]
    on_tick: Callable[[], object]
    on_end: Callable[[], object]
    leave: Callable[[int], object]


def accompany(config: HostConfig, program: Program, beside: Accompaniment) -> int:
    """Run *program* with the host beside it; give how it ended.

    Takes over the sockets that *config* names and the signals of this process: those that the
    terminal sends are left to the program, and others are passed on to it.  Call it in the
    main thread, once.
    """
    alarm = Alarm()
    try:
        guard = beside.host.target.guard
        guard.watch = alarm
        companion = _Companion(config, beside.host, lambda: None, program, beside)
        sockets = [socket.socket(fileno=fd) for fd in config.inspector_fds]
        if not beside.live:
            while sockets:
                sockets.pop().close()
        link = socket.socket(fileno=config.link_fd)
        return trio.run(companion.run, sockets, link, instruments=[Steps(guard)])
    finally:
        alarm.stop()


@attrs.define(eq=False)
class _Companion(Inspector):
    _program: Program
    _beside: Accompaniment

    async def run(self, sockets: Iterable[socket.socket], link: socket.socket) -> int:
        """Serve until the program has ended."""
        # To the very end: an impatient Ctrl-C must not cost what is being written.
        with _receiving() as signals:
            async with trio.open_nursery() as helpers:
                helpers.start_soon(self._forward, signals)
                helpers.start_soon(self._tick)
                status = await self._serve(sockets, link)
                helpers.cancel_scope.cancel()
        return status

    async def _serve(self, sockets: Iterable[socket.socket], link: socket.socket) -> int:
        listener, links = Listener(self._host, self._site()), LinkServer(self._host)
        async with trio.open_nursery() as connections:
            self._beside.on_begin(Tasks(connections))
            async with trio.open_nursery() as servers:
                servers.start_soon(links.serve, link, connections)
                servers.start_soon(self._look)
                if self._beside.live:
                    servers.start_soon(listener.serve, sockets, connections)
                if self._config.open_browser:
                    servers.start_soon(self._open_browser)
                status = await trio.to_thread.run_sync(self._program.run)
                with trio.move_on_after(LONGEST):
                    await self._hear_out(links, link.getsockname())
                servers.cancel_scope.cancel()
            self._beside.on_end()
            leave_soon(partial(self._beside.leave, status))
            with trio.move_on_after(PARTING):
                await listener.dismiss("the program has ended")
            connections.cancel_scope.cancel()
        return status

    async def _hear_out(self, links: LinkServer, address: str) -> None:
        """Read what programs have said before their end, however much that is."""
        # They are let in one after the other: when this one is out again, all are in.
        async with await trio.open_unix_socket(address) as last:
            await last.send_eof()
            await last.receive_some(1)
        with trio.move_on_after(MOMENT):
            await self._all_left()
        while links.unread:  # noqa: ASYNC110  # no event says that a buffer is empty
            await trio.sleep(GLANCE)

    async def _all_left(self) -> None:
        left = trio.Event()

        def observe() -> None:
            if not self._host.programs:
                left.set()

        self._host.on_change = observe
        observe()
        await left.wait()

    async def _forward(self, signals: AsyncIterator[int]) -> None:
        async for number in signals:
            if number in _FORWARDED:
                self._program.signal(number)

    async def _tick(self) -> None:
        while True:
            await trio.sleep(TICK)
            self._beside.on_tick()


def _receiving() -> AbstractContextManager[AsyncIterator[int]]:
    """Receive signals, but not those that are ignored (``nohup``)."""
    numbers = (*_FROM_TERMINAL, *_FORWARDED)
    return trio.open_signal_receiver(
        *[number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    )
