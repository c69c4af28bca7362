"""What a domain has once for a target, however many sessions there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...link.messages import Event

if TYPE_CHECKING:
    from ..store.exchange import Exchange
    from ..store.notices import Notice
    from ..store.process import Process
    from ..store.records import Record
    from .domain import Domain
    from .target import Target


class Feed:
    """Hears what happens to a target, and tells the sessions that have its domain enabled.

    Made when the first session enables the domain, or something of it is asked for.

    Attributes:
        target: What it hears of.
        domains: The sessions' objects of the domain, those that are enabled.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self.domains: list[Domain] = []

    def start(self) -> None:
        """Take note that the first session has enabled the domain: begin what that needs."""

    def stop(self) -> None:
        """Take note that no session has it enabled any more: end what :meth:`start` began."""

    def recorded(self, exchange: Exchange, event: Event) -> None:
        """Take *event*, the newest of *exchange*; called while any session has it enabled."""

    def look(self) -> None:
        """Look what time has done; called a few times a second while any session has it enabled."""

    def linked(self, process: Process) -> None:
        """Take note of a new process; called while any session has the domain enabled."""

    def ended(self, process: Process) -> None:
        """Take note that a process is gone; called while any session has the domain enabled."""

    def noticed(self, notice: Notice) -> None:
        """Take what the Console is to show; called while any session has the domain enabled."""

    def logged(self, record: Record) -> None:
        """Take what a program has logged; called while any session has the domain enabled."""

    def send(self, event: object, to: Sequence[Domain] | None = None) -> None:
        """Send *event* to all the sessions that have the domain enabled, or to those of *to* alone.

        It is encoded once, however many these are.
        """
        domains = tuple(self.domains if to is None else to)
        if not domains:
            return
        encoded = self.target.encode(domains[0].name, event)
        if encoded is not None:
            for domain in domains:
                domain.session.send_event(domain, encoded)

    def add(self, domain: Domain) -> None:
        """Take a session's object of the domain, enabled now; not if :meth:`start` raises."""
        self.domains.append(domain)
        if len(self.domains) > 1:
            return
        try:
            self.start()
        except BaseException:
            self.domains.remove(domain)
            raise
        self.target.demand_changed()

    def remove(self, domain: Domain) -> None:
        """Let go of one that is enabled no more."""
        self.domains.remove(domain)
        if not self.domains:
            self.target.demand_changed()
            self.stop()
