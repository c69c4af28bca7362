"""The first module that a program under ``tapscope run``, or a child of it, imports.

The interpreter takes it for the program's own ``sitecustomize``.  It puts the path and the
environment back as they were, gives its place to the module it was taken for, and joins the host.
"""

from __future__ import annotations

import os
import sys


def _leave() -> tuple[str | None, str | None, list[str]]:
    """Undo what brought the interpreter here; give the link, its URL and how to join."""
    folder = os.path.dirname(__file__)  # pathlib is not loaded in a plain start
    if folder in sys.path:
        sys.path.remove(folder)
    sys.path_importer_cache.pop(folder, None)
    before = os.environ.pop("TAPSCOPE_PYTHONPATH", None)
    if before is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = before
    how = os.environ.pop("TAPSCOPE_HOW", "").split()
    return os.environ.pop("TAPSCOPE_LINK", None), os.environ.pop("TAPSCOPE_URL", None), how


def _join(link: str, url: str | None, how: list[str]) -> None:
    root = __file__
    for _ in ("bootstrap", "cli", "tapscope", "what holds tapscope"):
        root = os.path.dirname(root)
    child = "child" in how
    if child and root not in sys.path:
        return  # what the interpreter imports was limited on purpose: so does pip where it builds
    # Last on the path, and for these imports only: it matters where the command itself was found
    # only because of its working directory, which is not on the program's path yet.
    sys.path.append(root)
    try:
        from tapscope.cli.program import join

        join(link, url, how)
    except Exception as error:
        if sys.stderr is not None and not child:
            name = type(error).__name__
            sys.stderr.write(f"tapscope: running without inspection: {name}: {error}\n")
    finally:
        sys.path.reverse()
        sys.path.remove(root)
        sys.path.reverse()


_link, _url, _how = _leave()
del sys.modules[__name__]
try:
    # If there is none, the import system's own error tells the interpreter so.
    __import__(__name__)
finally:
    if _link is not None:
        _join(_link, _url, _how)
