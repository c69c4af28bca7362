"""``tapscope domains``: lists the domains there are, and what they can do."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

from tapscope import __version__

from ...agents.catalog import Catalog, DomainEntry, catalog
from ..help import parser_of
from ..terminal import show

_DESCRIPTION = """\
List the domains that a host here has: commands and events that DevTools, or any
other client of its protocol, can use.  Those of other distributions are found by
their entry points in the group tapscope.domains; one that can't be used is listed
with the reason.  Name domains to see what each command and event is about.
"""

_EXAMPLES = """\
examples:
  tapscope domains                 all, with their packages, commands and events
  tapscope domains Network         what the commands and events of one are about
  tapscope domains --json          the protocol's description, as /json/protocol has it
"""

_NARROWEST = 60


def main(arguments: list[str]) -> int:
    """Print the list, or what is asked for; give 1 if a domain that is named isn't there."""
    options = _parser().parse_args(arguments)
    found = catalog(__version__)
    unknown = [name for name in options.names if name not in {e.name for e in found.entries}]
    if unknown:
        names = ", ".join(entry.name for entry in found.entries)
        print(f"tapscope: there is no domain {unknown[0]}; there are {names}", file=sys.stderr)
        return 1
    entries = [e for e in found.entries if not options.names or e.name in options.names]
    if options.json:
        show(found.description(entry.name for entry in entries))
    elif options.names:
        show("\n\n".join("\n".join(_detail(entry)) for entry in entries))
    else:
        show("\n".join(_overview(found)))
    return 0


def _overview(found: Catalog) -> Iterator[str]:
    rows = [("DOMAIN", "PACKAGE", "VERSION", "WHICH IS")]
    rows += [(e.name, e.package, e.version, e.description) for e in found.entries]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head, *lines = [
        f"{name:{widths[0]}}  {package:{widths[1]}}  {version:{widths[2]}}  {what}"
        for name, package, version, what in rows
    ]
    yield head
    for line, entry in zip(lines, found.entries, strict=True):
        yield line
        yield from _names("commands", entry.commands, widths[0])
        yield from _names("events", entry.events, widths[0])
    if found.failures:
        yield "\nleft out:"
    for failure in found.failures:
        told = f"{failure.name} ({failure.package} {failure.version}): {failure.failure}"
        yield textwrap.indent(told, "  ")


def _names(what: str, described: list[dict[str, Any]], margin: int) -> list[str]:
    names = ", ".join(each["name"] for each in described)
    return _wrapped(names, f"{'':{margin}}  {what:8}  ", " " * (margin + 12))


def _detail(entry: DomainEntry) -> Iterator[str]:
    yield f"{entry.name} ({entry.package} {entry.version})"
    yield from _wrapped(entry.description, "  ", "  ")
    for title, listed in (("commands", entry.commands), ("events", entry.events)):
        if listed:
            yield f"\n{title}:"
        for each in listed:
            yield from _wrapped(_signature(each), "  ", 10 * " ")
            yield from _wrapped(each["description"], 6 * " ", 6 * " ")


def _signature(described: dict[str, Any]) -> str:
    fields = ", ".join(map(_field, described.get("parameters", [])))
    returns = ", ".join(map(_field, described.get("returns", [])))
    return f"{described['name']}({fields}){f' -> ({returns})' if returns else ''}"


def _field(field: dict[str, Any]) -> str:
    return f"{field['name']}{'?' if field.get('optional') else ''}:\xa0{_type(field)}"


def _type(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "|".join(schema["enum"])
    if schema.get("type") == "array":
        return f"{_type(schema['items'])}[]"
    kind: str = schema.get("$ref") or schema["type"]
    return kind


def _wrapped(text: str, first: str, later: str) -> list[str]:
    lines = textwrap.wrap(
        text,
        max(_NARROWEST, shutil.get_terminal_size().columns),
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
    # A field and its type stay together.
    return [line.replace("\xa0", " ") for line in lines]


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("domains", _DESCRIPTION, _EXAMPLES)
    parser.add_argument("names", nargs="*", metavar="DOMAIN", help="tell about this domain alone")
    parser.add_argument(
        "--json", action="store_true", help="print the protocol's own description of them"
    )
    return parser
