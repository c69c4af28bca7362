"""What is to be hidden."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeAlias

import attrs

from ...channels import TapscopeError
from .paths import PathError, parse

Judge: TypeAlias = Callable[[str, str, str], bool | str | None]
"""Whether to hide a value: it gets the kind of place, the value's name there, and the value.

The kinds are ``"url"`` (a whole one; no name), ``"header"``, ``"query"``, ``"form"``, ``"json"``
(the name is a path), ``"field"`` (likewise), ``"text"`` (an error's or a record's; no name) and
``"body"`` (a whole one that is about to come: its media type, and no value).  True hides the
value, and a text is shown in its place.
"""

_HEADER = re.compile(r":?[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class RedactionError(TapscopeError):
    """A rule can't be used; the caller is at fault."""


def _names(given: Iterable[str]) -> frozenset[str]:
    # A text is iterable too, and hiding what its letters name would look as if it worked.
    if isinstance(given, str | bytes):
        raise RedactionError(f"a collection of names is needed, such as {{{given!r}}}")
    names = frozenset(given)
    for name in names:
        if not isinstance(name, str) or not name.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
            raise RedactionError(f"{name!r} is no name of anything that can be hidden")
    return names


def _judges(given: Iterable[Judge]) -> tuple[Judge, ...]:
    if callable(given):
        raise RedactionError(f"a collection of functions is needed, such as [{given!r}]")
    judges = tuple(given)
    for judge in judges:
        if not callable(judge):
            raise RedactionError(f"{judge!r} can't be called")
    return judges


@attrs.frozen
class Rules:
    """What is to be hidden; ``CREDENTIALS | Rules(headers={"X-Foo"})`` hides what either does.

    Attributes:
        headers: Names, in any case.  Of cookies the names stay, of credentials the scheme.
        query: Keys in URLs and forms; ``accessToken`` and ``access_token`` are one.
        json: Names wherever they occur, compared like those of *query*, and paths like
            ``$.user.password``, ``$.items[*].token`` and ``$..pin``; in JSON, in forms, and
            in the fields of exchanges that are not HTTP.
        fields: Names of whole such fields: ``parameters`` and ``rows`` of a statement,
            ``arguments``, ``keywords``, ``result`` and ``data`` of a native call.
        calls: Functions that are asked about everything; see :data:`Judge`.

    Raises:
        RedactionError: One of them names nothing.
    """

    headers: frozenset[str] = attrs.field(default=frozenset(), converter=_names)
    query: frozenset[str] = attrs.field(default=frozenset(), converter=_names)
    json: frozenset[str] = attrs.field(default=frozenset(), converter=_names)
    fields: frozenset[str] = attrs.field(default=frozenset(), converter=_names)
    calls: tuple[Judge, ...] = attrs.field(default=(), converter=_judges)

    def __attrs_post_init__(self) -> None:
        for header in self.headers:
            if not _HEADER.fullmatch(header):
                raise RedactionError(f"{header!r} is no header's name")
        for path in self.json:
            try:
                parse(path)
            except PathError as error:
                raise RedactionError(str(error)) from None

    def __or__(self, other: Rules) -> Rules:
        return Rules(
            self.headers | other.headers,
            self.query | other.query,
            self.json | other.json,
            self.fields | other.fields,
            (*self.calls, *(judge for judge in other.calls if judge not in self.calls)),
        )

    def __bool__(self) -> bool:
        return any((self.headers, self.query, self.json, self.fields, self.calls))
