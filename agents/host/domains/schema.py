"""The Schema domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from ..domain import Domain as AnyDomain
from ..domain import command

if TYPE_CHECKING:
    from ..session import Session

VERSION = "1.3"
"""Of the protocol, as ``/json/version`` has it too."""


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

    def __init__(self, session: Session) -> None:
        self._session = session

    @command
    def get_domains(self) -> DomainList:
        """List the domains."""
        names = [domain.name for domain in self._session.host.domains]
        return DomainList(domains=[Domain(name=name, version=VERSION) for name in names])
