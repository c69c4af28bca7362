"""Real ASGI servers on loopback, each in a thread of its own."""

from __future__ import annotations

import asyncio
import functools
import socket
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import hypercorn
import hypercorn.asyncio
import hypercorn.trio
import trio
import uvicorn

from tests.integrations.threaded import threaded

Serving: TypeAlias = Callable[[Any], AbstractContextManager[str]]
"""Runs an application while inside; gives the URL."""

# Their types do not say of what their dicts are.
_on_asyncio: Any = vars(hypercorn.asyncio)["serve"]
_on_trio: Any = vars(hypercorn.trio)["serve"]


def _listen() -> socket.socket:
    """Give a socket that clients can reach before its server is up."""
    return socket.create_server(("127.0.0.1", 0), backlog=500)


def _url(listener: socket.socket, scheme: str = "http") -> str:
    return f"{scheme}://localhost:{listener.getsockname()[1]}"


@contextmanager
def by_uvicorn(app: Any, **settings: Any) -> Generator[str]:
    with _listen() as listener:
        config = uvicorn.Config(
            app, loop="asyncio", ws="none", log_level="critical", lifespan="off", **settings
        )
        server = uvicorn.Server(config)

        def stop() -> None:
            server.should_exit = True

        with threaded(lambda: server.run(sockets=[listener]), stop):
            yield _url(listener)


by_uvicorn_h11 = functools.partial(by_uvicorn, http="h11")
by_uvicorn_httptools = functools.partial(by_uvicorn, http="httptools")


def _config(listener: socket.socket, certificate: Path | None) -> hypercorn.Config:
    config = hypercorn.Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.errorlog = None
    config.graceful_timeout = 1
    if certificate is not None:
        config.certfile = config.keyfile = str(certificate)
    return config


@contextmanager
def _by_hypercorn(
    run: Callable[[hypercorn.Config, threading.Event], object],
    certificate: Path | None,
) -> Generator[str]:
    with _listen() as listener:
        config, ended = _config(listener, certificate), threading.Event()
        with threaded(lambda: run(config, ended), ended.set):
            yield _url(listener, "https" if certificate else "http")
        # The server has closed it already.
        listener.detach()


def _until(ended: threading.Event, sleep: Callable[[float], Awaitable[object]]) -> Any:
    async def trigger() -> None:
        while not ended.is_set():
            await sleep(0.01)

    return trigger


def by_hypercorn_on_asyncio(
    app: Any, certificate: Path | None = None
) -> AbstractContextManager[str]:
    def run(config: hypercorn.Config, ended: threading.Event) -> None:
        trigger = _until(ended, asyncio.sleep)
        asyncio.run(_on_asyncio(app, config, shutdown_trigger=trigger))

    return _by_hypercorn(run, certificate)


def by_hypercorn_on_trio(app: Any, certificate: Path | None = None) -> AbstractContextManager[str]:
    def run(config: hypercorn.Config, ended: threading.Event) -> None:
        trigger = _until(ended, trio.sleep)
        trio.run(functools.partial(_on_trio, shutdown_trigger=trigger), app, config)

    return _by_hypercorn(run, certificate)


ON_ASYNCIO: dict[str, Serving] = {
    "uvicorn-h11": by_uvicorn_h11,
    "uvicorn-httptools": by_uvicorn_httptools,
    "hypercorn-asyncio": by_hypercorn_on_asyncio,
}

ALL: dict[str, Serving] = {**ON_ASYNCIO, "hypercorn-trio": by_hypercorn_on_trio}
