"""The Schema domain."""

from __future__ import annotations

import attrs

from ..api.command import command
from ..api.domain import Domain as AnyDomain


@attrs.frozen(kw_only=True)
class Domain:
    """A domain's name and version."""

    name: str
    version: str


@attrs.frozen(kw_only=True)
class DomainList:
    """The domains a target has."""

    domains: list[Domain]


class Schema(AnyDomain):
    """Which domains there are."""

    name = "Schema"
    version = "1.3"

    @command
    def get_domains(self) -> DomainList:
        """List the domains."""
        listed = self.target.domains.values()
        return DomainList(domains=[Domain(name=d.name, version=d.version) for d in listed])
