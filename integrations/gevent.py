"""gevent.pywsgi: gevent's own WSGI server."""

from __future__ import annotations

from importlib import import_module

from ._patch import Undo
from ._wsgi.attribute import watch_attribute
from .wsgi import Served


def hook(library: str = "gevent.pywsgi") -> Undo:
    """Hook the server where its greenlets find the application."""
    return watch_attribute(import_module(library).WSGIServer, "application", Served)


install = hook
"""Stands on nothing else."""
