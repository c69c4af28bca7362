"""Which domains a host here has, and where they are from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
import orjson

from .host.api.domain import Domain
from .host.host import BUILT_IN, DOMAINS
from .host.registration.description import describe
from .host.registration.loading import Found, discover

OURS = "tapscope"


@attrs.frozen
class DomainEntry:
    """A domain that can be used.

    Attributes:
        package: The distribution that it is from.
        version: Of that.
        commands: As the protocol describes them; so *events*.
    """

    name: str
    package: str
    version: str
    description: str
    commands: list[dict[str, Any]]
    events: list[dict[str, Any]]


@attrs.frozen
class Catalog:
    """All domains, ours first, and what of other distributions can't be used."""

    entries: list[DomainEntry]
    failures: list[Found]
    _domains: dict[str, type[Domain]]

    def description(self, names: Iterable[str]) -> str:
        """Give the protocol's description of the domains called *names*, as JSON."""
        return describe(self._domains[name] for name in names).decode()


def catalog(version: str) -> Catalog:
    """Load all domains, and list them; *version* is ours."""
    domains = {domain.name: domain for domain in DOMAINS}
    origins: dict[str, tuple[str, str]] = dict.fromkeys(domains, (OURS, version))
    failures: list[Found] = []
    for found in discover(domains, BUILT_IN):
        if found.domain is None:
            failures.append(found)
        else:
            domains[found.domain.name] = found.domain
            origins[found.domain.name] = (found.package, found.version)
    described = orjson.loads(describe(domains.values()))["domains"]
    return Catalog(
        [_entry(each, *origins[each["domain"]]) for each in described], failures, domains
    )


def _entry(described: dict[str, Any], package: str, version: str) -> DomainEntry:
    return DomainEntry(
        described["domain"],
        package,
        version,
        described.get("description", ""),
        described.get("commands", []),
        described.get("events", []),
    )
