"""Real servers, as programs start them, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from socketserver import ThreadingMixIn
from typing import Any, TypeAlias
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import waitress.server  # type: ignore[import-untyped]
import werkzeug.serving

from tests.integrations.threaded import threaded
from tests.integrations.wsgi_fakes import App


class _Handler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        """Say nothing."""


class _ThreadingWSGIServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 200

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


@contextmanager
def wsgiref(app: App) -> Generator[int]:
    server = make_server("127.0.0.1", 0, app, _ThreadingWSGIServer, _Handler)
    with server, threaded(lambda: server.serve_forever(0.01), server.shutdown):
        yield server.server_port


@contextmanager
def werkzeug_(app: App) -> Generator[int]:
    server = werkzeug.serving.make_server("127.0.0.1", 0, app, threaded=True)
    server.request_queue_size = 200
    server.server_activate()
    with threaded(lambda: server.serve_forever(0.01), server.shutdown):
        yield server.server_port


@contextmanager
def waitress_(app: App) -> Generator[int]:
    # The sockets it waits for.  It has no way to be stopped from another thread.
    sockets: dict[int, Any] = {}
    server: Any = waitress.server.create_server(
        app, map=sockets, host="127.0.0.1", port=0, threads=200, backlog=200, connection_limit=500
    )
    over = threading.Event()

    def run() -> None:
        while not over.is_set():
            server.asyncore.loop(0.01, map=sockets, count=1)

    with threaded(run, over.set):
        yield server.effective_port
    server.task_dispatcher.shutdown()
    for each in list(sockets.values()):
        each.close()


Serving: TypeAlias = Callable[[App], AbstractContextManager[int]]

ALL: tuple[Serving, ...] = (wsgiref, werkzeug_, waitress_)
