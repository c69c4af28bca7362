"""What of a program answers a request, by the name it has there."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, cast

_NAMED = (FunctionType, MethodType, BuiltinFunctionType, type)

_SERVERS_OWN = ("waitress.",)


def name_of(target: Any) -> str:
    """Give the dotted name of a function or class, and that of its class for an object."""
    while isinstance(target, functools.partial):
        target = cast("Any", target).func
    named = target if isinstance(target, _NAMED) else type(target)
    return f"{named.__module__}.{named.__qualname__}"


def app_name(app: Any) -> str | None:
    """Give the name of an application; ``None`` if a server has wrapped it in one of its own."""
    name = name_of(app)
    return None if name.startswith(_SERVERS_OWN) else name


def flask_endpoint(environ: Mapping[str, Any]) -> str | None:
    """Give the name of the view that answers, while it does; ``None`` if it isn't Flask's."""
    # Flask leaves its request there, and what the rule stands for is known to its application.
    endpoint = getattr(environ.get("werkzeug.request"), "endpoint", None)
    flask = sys.modules.get("flask")
    if endpoint is None or flask is None or not flask.has_app_context():
        return None
    view = flask.current_app.view_functions.get(endpoint)
    return None if view is None else name_of(getattr(view, "view_class", view))
