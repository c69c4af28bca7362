"""waitress: a WSGI server that answers with a pool of threads."""

from __future__ import annotations

from importlib import import_module

from ._patch import Undo
from ._wsgi.attribute import watch_attribute
from .wsgi import Served


def hook(library: str = "waitress.server") -> Undo:
    """Hook the server where its threads find the application."""
    return watch_attribute(import_module(library).BaseWSGIServer, "application", Served)


install = hook
"""Stands on nothing else."""
