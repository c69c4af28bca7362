"""The host process: builds the parts, runs them, and takes them down in order."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

import attrs
import trio

from ..config import HostConfig
from ..host import Host, HostOptions
from .access import Authority, parse_authority
from .alarm import Alarm
from .browser import BrowserError, show
from .discovery import Site, front_end_url
from .leaving import leave_soon
from .life import Census, Life, Vigil
from .links import LinkServer
from .listener import Listener
from .tasks import Steps

NICENESS = 10
"""How much a host that was started beside a program stands back."""
LOOK = 0.2
"""Seconds between two looks for what nobody tells."""
PARTING = 3.0
"""Seconds that front ends get to part when the host ends."""

_log = logging.getLogger(__name__)


def run(config: HostConfig) -> None:
    """Be the host that *config* describes; returns when nobody needs it any more.

    Takes over the sockets that it names, the signals of this process, and the directory of the
    link. Call it in the main thread, once.
    """
    if not config.foreground:
        # Ctrl-C is meant for the program, and the host has to tell how that ended.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # The program and its servers come first, where processors are few.
        os.nice(NICENESS)
    link = _adopt(config.link_fd)
    remove = partial(_remove, link.getsockname(), config.link_directory)
    alarm = Alarm()
    try:
        _log.info("listening on %s port %d for %s", config.host, config.port, config.title)
        host = Host(HostOptions.of(config))
        host.discover()
        guard = host.target.guard
        guard.watch = alarm
        inspector = Inspector(config, host, partial(leave_soon, remove))
        sockets = [_adopt(fd) for fd in config.inspector_fds]
        trio.run(inspector.serve, sockets, link, instruments=[Steps(guard)])
    finally:
        alarm.stop()
        remove()


@attrs.define(eq=False)
class Inspector:
    """All servers of one host, and the watch over its end."""

    _config: HostConfig
    _host: Host
    _on_end: Callable[[], object]

    async def serve(self, sockets: Iterable[socket.socket], link: socket.socket) -> None:
        """Serve until programs and front ends are gone, or a signal says to end."""
        vigil = self._watch()
        listener = Listener(self._host, self._site(vigil))
        async with trio.open_nursery() as connections:
            async with trio.open_nursery() as servers:
                servers.start_soon(listener.serve, sockets, connections)
                servers.start_soon(LinkServer(self._host).serve, link, connections)
                servers.start_soon(self._mind_signals, vigil)
                servers.start_soon(self._look)
                if self._config.open_browser:
                    servers.start_soon(self._open_browser)
                await vigil.wait()
                servers.cancel_scope.cancel()
            with trio.move_on_after(PARTING):
                await listener.dismiss("the tapscope host has ended")
            self._on_end()
            connections.cancel_scope.cancel()

    def _site(self, vigil: Vigil | None = None) -> Site:
        config = self._config
        allowed = frozenset(config.allow_origins)

        def close() -> bool:
            if vigil is None or config.foreground or not _census(self._host).is_over:
                return False
            vigil.end()
            return True

        return Site(self._host, config.inspector_id, _here(config), allowed, close)

    def _watch(self) -> Vigil:
        config = self._config
        life = Life(began=trio.current_time(), patience=config.patience, keep=config.keep)
        vigil = Vigil(life)

        def observe() -> None:
            vigil.observe(_census(self._host))

        if not config.foreground:
            self._host.on_change = observe
            observe()
        return vigil

    async def _mind_signals(self, vigil: Vigil) -> None:
        ends = [signal.SIGTERM, signal.SIGHUP]
        if self._config.foreground:
            ends.append(signal.SIGINT)
        with trio.open_signal_receiver(*ends) as signals:
            async for _ in signals:
                vigil.end()

    async def _look(self) -> None:
        while True:
            await trio.sleep(LOOK)
            self._host.look()

    async def _open_browser(self) -> None:
        config = self._config
        url = front_end_url(config.page, _here(config), config.inspector_id)
        try:
            await trio.to_thread.run_sync(show, url, abandon_on_cancel=True)
        except BrowserError as error:
            _log.warning("%s", error)


def _remove(path: str, folder: str) -> None:
    with suppress(OSError):
        Path(path).unlink()
    with suppress(OSError):
        Path(folder).rmdir()


def _adopt(fd: int) -> socket.socket:
    """Own an inherited descriptor, and pass it on to no child."""
    os.set_inheritable(fd, False)
    return socket.socket(fileno=fd)


def _here(config: HostConfig) -> Authority:
    """Find the address to name in URLs: DevTools' own pages connect to 127.0.0.1 alone."""
    if config.host == "::":
        return Authority("[::1]", config.port)
    bound = parse_authority(f"[{config.host}]" if ":" in config.host else config.host)
    host = "127.0.0.1" if bound is None or bound.host == "localhost" else bound.host
    return Authority(host, config.port)


def _census(host: Host) -> Census:
    return Census(
        programs=host.programs,
        sessions=host.sessions,
        keepers=host.keepers,
        ever_linked=host.ever_linked,
        expected=host.expected,
    )
