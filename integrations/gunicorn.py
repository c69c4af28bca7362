"""gunicorn: its workers for WSGI applications, each in a process forked from the first."""

from __future__ import annotations

from importlib import import_module

from ._patch import Undo, undo_all
from ._wsgi.attribute import watch_attribute
from .wsgi import Served

# Other workers keep applications of other kinds in the same attribute.
_WORKERS = {
    "gunicorn.workers.sync": "SyncWorker",
    "gunicorn.workers.gthread": "ThreadWorker",
    "gunicorn.workers.base_async": "AsyncWorker",
}


def install() -> Undo:
    """Hook all of them."""
    return undo_all([hook(library) for library in _WORKERS])


def hook(library: str) -> Undo:
    """Hook the worker in the module *library*."""
    worker = getattr(import_module(library), _WORKERS[library])
    return watch_attribute(worker, "wsgi", Served)
