"""What travels through the environment from the command line to a program's very beginning.

The bootstrap folder comes first on PYTHONPATH, so that the interpreter imports the
``sitecustomize`` in it before the program's first line; that module undoes all of this.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

# The names are repeated in bootstrap/sitecustomize.py, which can import nothing of ours yet.
LINK = "TAPSCOPE_LINK"
LOG = "TAPSCOPE_LOG"
URL = "TAPSCOPE_URL"
HOW = "TAPSCOPE_HOW"
PYTHONPATH_BEFORE = "TAPSCOPE_PYTHONPATH"

WAIT = "wait"
"""The program waits for a front end to say that it may begin."""
ALONE = "alone"
"""The interpreters that the program starts do not join."""
CHILD = "child"
"""It is such an interpreter itself: what goes wrong is not told, as its output is another's."""

_BOOTSTRAP = os.path.join(os.path.dirname(__file__), "bootstrap")


def joining(environ: Mapping[str, str], link: str, url: str | None, *how: str) -> dict[str, str]:
    """Give *environ* changed so that the interpreter joins the host at *link* as it starts.

    The program can ask for *url*, where front ends connect; *how* are words of the above.
    """
    changed = dict(environ)
    before = changed.get("PYTHONPATH")
    if before is not None:
        changed[PYTHONPATH_BEFORE] = before
    # An empty entry would be the working directory, so an empty PYTHONPATH is not appended.
    changed["PYTHONPATH"] = os.pathsep.join([_BOOTSTRAP, before] if before else [_BOOTSTRAP])
    changed[LINK] = link
    if url is not None:
        changed[URL] = url
    if how:
        changed[HOW] = " ".join(how)
    return changed


def alone(environ: Mapping[str, str]) -> dict[str, str]:
    """Give *environ* without what would make the interpreter join a host."""
    return {name: value for name, value in environ.items() if name not in (LINK, URL)}
