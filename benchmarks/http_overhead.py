"""What watching costs a program that makes HTTP requests.

Each way of being watched has a process of its own.  They are all alive at once
and take turns, so that whatever else the machine does hits all of them alike,
and what is compared are the turns of one round.  ``bare again`` is watched no
more than ``bare``: what it adds is the noise of this machine.

Where a process happens to have its code and data in memory makes it faster or
slower for as long as it lives, by as much as watching may cost.  So all are
replaced by new ones several times.

    python benchmarks/http_overhead.py
    python benchmarks/http_overhead.py --quick --apart
    python benchmarks/http_overhead.py --quick --only httpx OpenTelemetry "front end attached"
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Sequence

import attrs

from clients import CLIENTS, Timing
from field import Case, Field, Proof, all_variants
from placement import Placement
from report import report
from results import Results
from surroundings import surroundings

SIZES = (1024, 100 * 1024)
REQUESTS = 512
"""As many as OpenTelemetry exports at once, so that each turn has its part of that."""
_CHANCE = random.Random(7)

# By itself glibc maps blocks of 128 KiB and more anew each time, until a larger one has been
# freed.  asyncio takes such a block for each receive, and whoever watches with larger ones
# would save it more than watching costs.
_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(4 << 20), "MALLOC_TRIM_THRESHOLD_": str(64 << 20)}

Timings = dict[Case, dict[str, list[Timing]]]


@attrs.frozen
class Plan:
    """What is to be measured, and how often.

    Attributes:
        rounds: In how many rounds all take turns.
        processes: In how many processes each does so, one after the other.
        requests: How many are made in one turn.
    """

    cases: Sequence[Case]
    variants: Sequence[str]
    rounds: int
    processes: int
    requests: int
    placement: Placement | None


def main() -> None:
    """Measure and print."""
    plan = _plan()
    os.environ.update(_MEMORY)
    timings: Timings = {case: {name: [] for name in plan.variants} for case in plan.cases}
    proofs, recorded = dict[str, Proof](), Counter[str]()
    for number in range(plan.processes):
        field = Field(plan.variants, plan.placement)
        try:
            measure(field, plan, timings, f"processes {number + 1} of {plan.processes}")
            for variant, proof in field.proofs().items():
                proofs[variant] = proof.after(proofs.get(variant))
            recorded.update(field.recorded)
        finally:
            field.close()
    _say("\n")
    results = Results(plan.variants, timings)
    print(report(results, proofs, recorded), surroundings(), sep="\n\n")


def measure(field: Field, plan: Plan, timings: Timings, where: str) -> None:
    """Let all variants take turns; the first round warms up and does not count."""
    for number in range(plan.rounds + 1):
        _say(f"\r{where}, round {number} of {plan.rounds}")
        for case in plan.cases:
            for variant in _CHANCE.sample(plan.variants, k=len(plan.variants)):
                timing = field.turn(variant, case, plan.requests)
                if number:
                    timings[case][variant].append(timing)


def _plan() -> Plan:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, help="turns of each process (default: 6, quick: 3)")
    parser.add_argument("--processes", type=int, default=5, help="of each variant (default: 5)")
    parser.add_argument(
        "--requests", type=int, default=REQUESTS, help=f"in one turn (default: {REQUESTS})"
    )
    parser.add_argument("--quick", action="store_true", help="3 rounds, small bodies")
    parser.add_argument(
        "--apart",
        action="store_true",
        help="the program and its server on one core, hosts and front ends on the others",
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        help="clients and variants",
        metavar="NAME",
        choices=[*CLIENTS, *all_variants()],
    )
    options = parser.parse_args()
    sizes = SIZES[:1] if options.quick else SIZES
    clients = [name for name in CLIENTS if name in options.only] or list(CLIENTS)
    return Plan(
        cases=[Case(client, size) for size in sizes for client in clients],
        variants=_variants(options.only),
        rounds=options.rounds or (3 if options.quick else 6),
        processes=options.processes,
        requests=options.requests,
        placement=Placement.apart() if options.apart else None,
    )


def _variants(only: Sequence[str]) -> list[str]:
    base, *others = all_variants()
    chosen = [name for name in others if name in only]
    return [base, *(chosen or others)]


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    main()
