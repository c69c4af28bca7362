"""A front end, as domains meet it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..store.process import Process

if TYPE_CHECKING:
    from .domain import Domain
    from .target import Target

D = TypeVar("D", bound="Domain")


class Session(Protocol):
    """One front end's view of the programs: its domains, and what waits for it.

    A domain asks it for other domains; for all else it has methods of its own.

    Attributes:
        target: What the front end is attached to.
    """

    target: Target

    def domain(self, kind: type[D]) -> D:
        """Give this session's object of a domain, made the first time."""
        ...

    def send_event(self, domain: Domain, message: bytes) -> None:
        """Leave an event of *domain* for the front end, unless too many of them wait already."""
        ...

    def replay(self, domain: Domain, batches: Iterator[list[bytes]] | None) -> None:
        """Send *batches* of *domain* in place of those before; see :meth:`Domain.replay`."""
        ...

    def is_replaying(self, domain: Domain) -> bool:
        """Whether batches of *domain* are still to be sent."""
        ...

    async def call(
        self, function: str, arguments: Mapping[str, object], process: Process
    ) -> Any:  # Any: plain data, which whoever asks reads
        """Give what a *function* in a program returns; see :meth:`Domain.call`.

        Raises:
            CommandError: The program is gone, or the function has failed.
        """
        ...
