"""Hooks into the libraries a program uses, which publish what happens there.

Importing this package imports none of these libraries, and nothing is hooked
before :func:`install`.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from ._importing import ImportHook
from ._patch import Undo as Undo
from ._patch import report
from ._plugins import plugins

_KNOWN = (
    ("logging", "logging"),
    ("warnings", "warnings"),
    ("asyncio.base_events", "asyncio"),
    ("uvloop", "asyncio"),
    ("trio._core._run", "trio"),
    ("socket", "sockets"),
    ("ssl", "sockets"),
    ("http.client", "http_client"),
    ("urllib.request", "urllib_request"),
    ("urllib3", "urllib3"),
    ("requests", "requests"),
    ("pip._vendor.urllib3", "urllib3"),
    ("pip._vendor.requests", "requests"),
    ("httpcore", "httpcore"),
    ("httpcore2", "httpcore"),
    ("httpx", "httpx"),
    ("httpx2", "httpx"),
    ("requests_cache", "requests_cache"),
    ("cachecontrol", "cachecontrol"),
    ("pip._vendor.cachecontrol", "cachecontrol"),
    ("hishel.httpx", "hishel"),
    ("hishel.httpx2", "hishel"),
    ("uvicorn.protocols.http.h11_impl", "uvicorn"),
    ("uvicorn.protocols.http.httptools_impl", "uvicorn"),
    ("uvicorn.protocols.http.zttp_impl", "uvicorn"),
    ("uvicorn.protocols.http.zttp_h2_impl", "uvicorn"),
    ("hypercorn.app_wrappers", "hypercorn"),
    ("wsgiref.handlers", "wsgiref"),
    ("werkzeug.serving", "werkzeug"),
    ("waitress.server", "waitress"),
    ("gunicorn.workers.sync", "gunicorn"),
    ("gunicorn.workers.gthread", "gunicorn"),
    ("gunicorn.workers.base_async", "gunicorn"),
    ("gevent.pywsgi", "gevent"),
    ("threading", "threads"),
    ("concurrent.futures.thread", "threads"),
    ("multiprocessing.pool", "threads"),
    ("sqlite3", "sqlite3"),
    ("aiosqlite.core", "aiosqlite"),
    ("websocket._core", "websocket_client"),
    ("hypercorn.protocol.ws_stream", "hypercorn_websockets"),
    ("wsproto.connection", "wsproto"),
    ("wsproto.handshake", "wsproto"),
    ("uvicorn.protocols.websockets.wsproto_impl", "wsproto"),
    ("websockets.protocol", "websockets"),
    ("websockets.client", "websockets"),
    ("websockets.server", "websockets"),
    ("websockets.asyncio.client", "websockets"),
    ("websockets.asyncio.connection", "websockets"),
    ("websockets.sync.client", "websockets"),
    ("websockets.sync.connection", "websockets"),
    ("websockets.trio.client", "websockets"),
    ("websockets.trio.connection", "websockets"),
    ("uvicorn.protocols.websockets.websockets_sansio_impl", "websockets"),
)

_MIDDLEWARE = ("asgi", "wsgi")
"""What a program may also wrap its application in; servers of its kind are hooked by the above."""

_ON_REQUEST = ("native",)
"""What hooks only into what a program or its user names."""

_hook: ImportHook | None = None
_undos: list[Undo] = []


def install() -> Undo:
    """Hook every library we know, now if it is imported and else once it is.

    Other distributions add theirs by an entry point in the group
    ``tapscope.integrations``: the module to wait for, and a module with a
    function ``install()``.  One that fails is logged on the logger
    ``tapscope`` and left out.  A second call does nothing.

    Returns:
        :func:`uninstall`.
    """
    global _hook  # noqa: PLW0603  # one process, one set of hooks
    if _hook is None:
        _hook = ImportHook()
        for library, integration in _KNOWN:
            _await(_hook, library, integration)
        for plugin in plugins():
            _hook.when_imported(plugin.library, plugin.install)
    return uninstall


def uninstall() -> None:
    """Take every hook out again; one that another tool has wrapped stays, and says nothing new."""
    global _hook  # noqa: PLW0603
    if _hook is not None:
        _hook.close()
        _hook = None
    while _undos:
        _undos.pop()()


def __getattr__(name: str) -> ModuleType:
    """Give one integration: ``integrations.httpx.install()`` hooks httpx and what it stands on."""
    if name in (*_MIDDLEWARE, *_ON_REQUEST) or any(
        name == integration for _, integration in _KNOWN
    ):
        return import_module(f".{name}", __name__)
    raise AttributeError(f"tapscope.integrations has no integration {name!r}")


def _await(hook: ImportHook, library: str, integration: str) -> None:
    def on_import() -> None:
        try:
            module = import_module(f".{integration}", __name__)
            _undos.append(module.hook(library))
        except Exception:
            report(library)

    hook.when_imported(library, on_import)
