"""Threads and executors: what they do belongs to the exchange that asked for it.

A thread starts with an empty context, and a thread of a pool keeps the one it
started with.  So the exchange that a thread is started in goes along with it,
and the one that a piece of work is handed over in goes along with that work;
nothing else of the context does, as that would change what the program's own
context variables say.  Outside of any exchange nothing is done.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..channels._identity import current_exchange
from ._patch import Undo, hide_us, patch, undo_all

_EXCHANGE = "_tapscope_exchange"

# Threads of these work for whoever comes: the exchange they happen to be started in is one of many.
_SERVING_MANY = (
    "concurrent.futures.",
    "multiprocessing.",
    "logging.handlers",
    "socketserver",
)

_POOL_METHODS = ("apply_async", "_map_async", "imap", "imap_unordered")

_starting: dict[int, int] = {}
"""The exchange that a thread goes along with, by ``id()``, until it runs."""


def install() -> Undo:
    """Hook threads and executors."""
    libraries = ("threading", "concurrent.futures.thread", "multiprocessing.pool")
    return undo_all([hook(library) for library in libraries])


def hook(library: str = "threading") -> Undo:
    """Hook what *library* has to run things in other threads."""
    module = import_module(library)
    if library == "threading":
        return _hook_threads()
    if library == "concurrent.futures.thread":
        return _hook_executors(module)
    pool = module.ThreadPool
    return undo_all([patch(pool, name, _wrap_pool_method) for name in _POOL_METHODS])


def _hook_threads() -> Undo:
    thread = threading.Thread
    # The first thing that a new thread calls of itself: so there is no frame of ours
    # beneath what it does.
    return undo_all(
        [patch(thread, "_set_ident", _wrap_set_ident), patch(thread, "start", _wrap_start)]
    )


def _hook_executors(module: Any) -> Undo:
    # Not submit(), which others override, and whose function they look at in the queue.
    item = module._WorkItem  # noqa: SLF001  # where the work waits, and is done
    return undo_all([patch(item, "run", _wrap_run_item), patch(item, "__init__", _wrap_init_item)])


def _wrap_start(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def start(self: Any) -> Any:
        exchange = current_exchange.get()
        key = None
        if exchange is not None and not _serves_many(self):
            key = id(self)
            _starting[key] = exchange
        try:
            return original(self)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            # It may have failed to start, or be one that has run long ago.
            if key is not None:
                _starting.pop(key, None)

    return start


def _wrap_set_ident(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def set_ident(self: Any) -> Any:
        if _starting:
            exchange = _starting.pop(id(self), None)
            if exchange is not None:
                current_exchange.set(exchange)
        return original(self)

    return set_ident


def _serves_many(thread: Any) -> bool:
    target = getattr(thread, "_target", None)
    try:
        module = getattr(thread if target is None else target, "__module__", None)
    except Exception:
        # The target is the program's, and what its attributes do as well.
        return False
    return isinstance(module, str) and module.startswith(_SERVING_MANY)


def _wrap_init_item(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        exchange = current_exchange.get()
        if exchange is not None:
            setattr(self, _EXCHANGE, exchange)
        original(self, *args, **kwargs)

    return init


def _wrap_run_item(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def run(self: Any, *args: Any) -> Any:
        exchange: int | None = getattr(self, _EXCHANGE, None)
        # The thread may be one of a program's own making, which started it in another exchange.
        if exchange == current_exchange.get():
            return original(self, *args)
        token = current_exchange.set(exchange)
        try:
            return original(self, *args)
        finally:
            current_exchange.reset(token)

    return run


def _wrap_pool_method(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def submit(self: Any, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        exchange = current_exchange.get()
        try:
            if exchange is None:
                return original(self, func, *args, **kwargs)
            return original(self, _carrying(func, exchange), *args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise

    return submit


def _carrying(func: Callable[..., Any], exchange: int) -> Callable[..., Any]:
    """Give *func* as part of *exchange*; a pool of threads pickles nothing."""

    def call(*args: Any, **kwargs: Any) -> Any:
        token = current_exchange.set(exchange)
        try:
            return func(*args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            current_exchange.reset(token)

    return call
