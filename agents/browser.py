"""Finding a browser that has DevTools: Chrome, Chromium, or what the user names."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

CHOICE = "TAPSCOPE_BROWSER"
"""The environment variable that names the browser to use, by command or by path."""

_COMMANDS = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")
_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_browser(environ: Mapping[str, str] = os.environ) -> str | None:
    """Give the path of Chrome or Chromium on this machine, or ``None``.

    If ``TAPSCOPE_BROWSER`` is set in *environ*, nothing else is looked for.
    """
    path = environ.get("PATH")
    choice = environ.get(CHOICE)
    candidates = (choice,) if choice else (*_COMMANDS, *_APPLICATIONS)
    found = (shutil.which(candidate, path=path) for candidate in candidates)
    return next(filter(None, found), None)
