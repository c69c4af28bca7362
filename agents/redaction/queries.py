"""URLs and forms without the values of certain keys."""

from __future__ import annotations

import re
from urllib.parse import quote_plus, unquote_plus

from .judging import Judges
from .known import Known
from .mark import MARK
from .names import Names

_SEPARATOR = re.compile(r"([&;])")
_USER = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*:)?//[^/?#]*@")
_NESTED = re.compile(r"%3d|=", re.IGNORECASE)
_DEEPEST = 4
_PASSWORD = MARK.strip("[]")  # brackets would make the URL one that can't be read


class Queries:
    """Hides values in what is written like ``a=b&c=d``."""

    def __init__(self, names: Names, judges: Judges, known: Known, *, users: bool) -> None:
        self._names = names
        self._judges = judges
        self._known = known
        self._users = users
        self._busy = bool(names) or bool(judges)

    def url(self, url: str, depth: int = 0) -> str:
        """Give a URL, or a part of one, without them; a password before its host goes as well."""
        if "@" in url and self._users and _USER.match(url):
            url = self._without_password(url)
        if not self._busy or ("?" not in url and "#" not in url):
            return url
        rest, hash_, fragment = url.partition("#")
        path, mark, query = rest.partition("?")
        if mark:
            query = self.pairs(query, "query", depth)
        if hash_:
            fragment = self._fragment(fragment, depth)
        return f"{path}{mark}{query}{hash_}{fragment}"

    def pairs(self, text: str, kind: str = "form", depth: int = 0) -> str:
        """Give a query, or a form, without them."""
        if "=" not in text:
            return text
        parts = _SEPARATOR.split(text)
        parts[::2] = [self._pair(part, kind, depth) if "=" in part else part for part in parts[::2]]
        return "".join(parts)

    def _pair(self, pair: str, kind: str, depth: int) -> str:
        key, _, value = pair.partition("=")
        if not value:
            return pair
        if key in self._names:
            self._known.learn(value)
            return f"{key}={MARK}"
        if self._judges:
            shown = self._judges.hidden(kind, unquote_plus(key), unquote_plus(value))
            if shown is not None:
                self._known.learn(value)
                return f"{key}={shown}"
        if _NESTED.search(value):
            return f"{key}={self._nested(value, depth)}"
        return pair

    def _nested(self, value: str, depth: int) -> str:
        """Give a value that may be a URL itself, or a part of one."""
        if depth >= _DEEPEST:
            return MARK
        inner = unquote_plus(value)
        if "?" in inner or "#" in inner:
            shown = self.url(inner, depth + 1)
        else:
            shown = self.pairs(inner, "query", depth + 1)
        return value if shown == inner else quote_plus(shown, safe="[]:/?=&#")

    def _fragment(self, fragment: str, depth: int) -> str:
        return (
            self.url(fragment, depth) if "?" in fragment else self.pairs(fragment, "query", depth)
        )

    def _without_password(self, url: str) -> str:
        scheme, _, rest = url.partition("//")
        end = min((at for mark in "/?#" if (at := rest.find(mark)) >= 0), default=len(rest))
        user, _, host = rest[:end].rpartition("@")
        name, colon, password = user.partition(":")
        if not colon:
            return url
        self._known.learn(password)
        return f"{scheme}//{name}:{_PASSWORD}@{host}{rest[end:]}"
