"""All variants of one benchmark, alive at once and taking turns."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable

import attrs

from clients import Timing
from placement import Placement, started_on
from processes import Process
from variants import VARIANTS

ATTACHED = "front end attached"
RECORDING = "recording"
BODIES = 50
"""How many of the newest bodies a front end asks for at the end."""


@attrs.frozen
class Case:
    """What is measured in one turn."""

    client: str
    size: int


@attrs.frozen
class Proof:
    """What a front end has seen of a variant at the end.

    Attributes:
        made: Requests the program made.
        made_bytes: Bytes of the bodies it got.
        seen: Requests it heard of; a host keeps a bounded history for those who come late.
        finished: Those it heard the end of.
        asked: How many of the newest bodies were asked for.
        bodies: The lengths of those that were kept.
        warnings: What the Console was told; what was dropped is counted from the start.
    """

    made: int
    made_bytes: int
    seen: int
    finished: int
    asked: int
    bodies: list[int]
    warnings: list[str]

    def after(self, earlier: Proof | None) -> Proof:
        """Give both together, where *earlier* processes of the variant have proved something."""
        if earlier is None:
            return self
        sums = zip(attrs.astuple(earlier), attrs.astuple(self), strict=True)
        return Proof(*(one + other for one, other in sums))


class Field:
    """The processes that are compared, a server for them, and a front end for one.

    Attributes:
        made: Requests made so far, by variant.
        made_bytes: Bytes of their responses' bodies.
        recorded: Requests that a variant says it has recorded, as far as it can tell.
    """

    def __init__(self, variants: Iterable[str], placement: Placement | None = None) -> None:
        self._placement = placement
        self.made: defaultdict[str, int] = defaultdict(int)
        self.made_bytes: defaultdict[str, int] = defaultdict(int)
        self.recorded: dict[str, int] = {}
        self._closing = contextlib.ExitStack()
        self._workers = dict[str, Process]()
        self._front_end: Process | None = None
        try:
            self._open(variants)
        except BaseException:
            self.close()
            raise

    def _open(self, variants: Iterable[str]) -> None:
        program = self._placement.program if self._placement else ()
        port = self._start("loopback.py", cores=program).greeting
        for name in variants:
            self._workers[name] = self._start("worker.py", name, str(port), *map(str, program))
        if ATTACHED in self._workers:
            url = self._workers[ATTACHED].greeting["url"]
            self._front_end = self._start("front_end.py", url)

    def turn(self, variant: str, case: Case, requests: int) -> Timing:
        """Let *variant* make so many requests, while all others wait."""
        answer = self._workers[variant].ask(client=case.client, size=case.size, requests=requests)
        recorded = answer.pop("recorded")
        if recorded is not None:
            self.recorded[variant] = recorded
        timing = Timing(**answer)
        self.made[variant] += timing.requests
        self.made_bytes[variant] += timing.requests * case.size
        if variant == ATTACHED and self._front_end is not None:
            # What is still under way would slow down the next one's turn.
            self._front_end.ask(finished=self.made[variant], bodies=0)
        return timing

    def proofs(self) -> dict[str, Proof]:
        """Ask what front ends see, of those that were there all the time and of late ones."""
        proofs = dict[str, Proof]()
        if self._front_end is not None:
            proofs[ATTACHED] = self._prove(ATTACHED, self._front_end)
        if RECORDING in self._workers:
            late = self._start("front_end.py", self._workers[RECORDING].greeting["url"])
            proofs[RECORDING] = self._prove(RECORDING, late)
        return proofs

    def _prove(self, variant: str, front_end: Process) -> Proof:
        answer = front_end.ask(finished=self.made[variant], bodies=BODIES)
        made, made_bytes = self.made[variant], self.made_bytes[variant]
        return Proof(made=made, made_bytes=made_bytes, asked=BODIES, **answer)

    def _start(self, script: str, *arguments: str, cores: Collection[int] = ()) -> Process:
        watchers = self._placement.watchers if self._placement else ()
        with started_on(cores or watchers):
            return self._closing.enter_context(Process(script, *arguments))

    def close(self) -> None:
        """End all processes."""
        self._closing.close()


def all_variants() -> list[str]:
    """Give the names of all variants, that of the base first."""
    return list(VARIANTS)
