"""Threads and executors: what they do belongs to the exchange that asked for it.

A thread starts with an empty context, and a thread of a pool keeps the one it
started with.  So the exchange that a thread is started in goes along with it,
and the one that a piece of work is handed over in goes along with that work;
nothing else of the context does, as that would change what the program's own
context variables say.  While a front end wants to know where work was started,
that goes along as well.  Else, outside of any exchange, nothing is done.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias

from ..channels._identity import current_exchange
from ..channels._origins import Origins, enter_thread, origins_wanted, starting
from ._patch import Undo, hide_us, patch, undo_all

_ALONG = "_tapscope_along"

_Along: TypeAlias = tuple[int | None, Origins]
"""The exchange that work belongs to, and where it was started."""

_NOTHING: _Along = (None, ())

# Threads of these work for whoever comes: the exchange they happen to be started in is one of many.
_SERVING_MANY = (
    "concurrent.futures.",
    "multiprocessing.",
    "logging.handlers",
    "socketserver",
)

_POOL_METHODS = ("apply_async", "_map_async", "imap", "imap_unordered")

_starting: dict[int, _Along] = {}
"""What goes along with a thread, by ``id()``, until it runs."""


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
        along = _along("Thread.start")
        key = None
        if along is not _NOTHING and not _serves_many(self):
            key = id(self)
            _starting[key] = along
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
            exchange, origins = _starting.pop(id(self), _NOTHING)
            if exchange is not None:
                current_exchange.set(exchange)
            if origins:
                enter_thread(origins)
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
        along = _along("executor.submit")
        if along is not _NOTHING:
            setattr(self, _ALONG, along)
        original(self, *args, **kwargs)

    return init


def _wrap_run_item(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def run(self: Any, *args: Any) -> Any:
        exchange, origins = getattr(self, _ALONG, _NOTHING)
        # The thread may be one of a program's own making, which started it in another exchange.
        if exchange == current_exchange.get() and not origins:
            return original(self, *args)
        token, before = current_exchange.set(exchange), enter_thread(origins)
        try:
            return original(self, *args)
        finally:
            enter_thread(before)
            current_exchange.reset(token)

    return run


def _wrap_pool_method(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def submit(self: Any, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        along = _along("pool.apply")
        try:
            if along is _NOTHING:
                return original(self, func, *args, **kwargs)
            return original(self, _carrying(func, along), *args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise

    return submit


def _along(description: str) -> _Along:
    """Give what goes along with work that is handed over here; called in every case, and quick."""
    exchange = current_exchange.get()
    if origins_wanted():
        return exchange, starting(description)
    return _NOTHING if exchange is None else (exchange, ())


def _carrying(func: Callable[..., Any], along: _Along) -> Callable[..., Any]:
    """Give *func* with what goes along; a pool of threads pickles nothing."""
    exchange, origins = along

    def call(*args: Any, **kwargs: Any) -> Any:
        token, before = current_exchange.set(exchange), enter_thread(origins)
        try:
            return func(*args, **kwargs)
        except BaseException as error:
            hide_us(error)
            raise
        finally:
            enter_thread(before)
            current_exchange.reset(token)

    return call
