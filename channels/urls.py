"""URLs as they may be shown."""

from __future__ import annotations

import re

_CREDENTIALS = re.compile(r"^([^:/?#]*://)[^/?#]*@")


def without_credentials(url: str) -> str:
    """Give *url* without the user name and password that it may have before its host."""
    return _CREDENTIALS.sub(r"\1", url, count=1)
