"""Rules made ready for use."""

from __future__ import annotations

from .bodies import BodyRedactor
from .headers import HeadersRedactor
from .json_text import JsonRedactor
from .judging import Judges
from .known import Known
from .names import Names
from .paths import Paths
from .plain_data import PlainRedactor
from .queries import Queries
from .rules import Rules
from .texts import Texts


class Redactor:
    """What :class:`Rules` do, for each kind of value.

    Any thread may use it.

    Args:
        known: What those before it have hidden, if there were any.

    Attributes:
        headers: Of HTTP.
        queries: URLs and forms.
        texts: Of errors and records.
        plain: The fields of other exchanges.
        bodies: Of HTTP and of WebSockets.
        judges: The program's own functions.
        known: The values that were hidden lately.
        reads_bodies: Whether any rule is about what is in a body.
    """

    def __init__(self, rules: Rules, known: Known | None = None) -> None:
        known = Known() if known is None else known
        judges = Judges(rules.calls)
        members = {name for name in rules.json if not name.startswith("$")}
        # The top of a form is like that of an object.
        tops = {
            name[2:] for name in rules.json if name.startswith("$.") and name[2:].isidentifier()
        }
        headers = Names(rules.headers)
        names = Names(rules.query | members | tops)
        users = "authorization" in {name.lower() for name in rules.headers}
        form = Queries(names, judges, known, users=users)
        self.judges: Judges = judges
        self.queries: Queries = Queries(Names(rules.query), judges, known, users=users)
        self.headers: HeadersRedactor = HeadersRedactor(rules.headers, self.queries, judges, known)
        everywhere = Names(rules.query | members | rules.headers)
        self.texts: Texts = Texts(everywhere, headers, self.queries, judges, known)
        paths = Paths(rules.json)
        jsons = JsonRedactor(paths, self.texts, judges, known)
        self.bodies: BodyRedactor = BodyRedactor(names, form, jsons, self.texts, judges, known)
        self.plain: PlainRedactor = PlainRedactor(
            rules.fields, everywhere, paths, self.texts, judges, known
        )
        self.known: Known = known
        self.reads_bodies: bool = bool(rules.query or rules.json or rules.calls)

    def url(self, url: str) -> str:
        """Give the URL of an exchange without secrets."""
        shown = self.known.hide(self.queries.url(url))
        if self.judges:
            hidden = self.judges.hidden("url", "", shown)
            return shown if hidden is None else hidden
        return shown
