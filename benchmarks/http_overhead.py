"""What watching costs a program that makes HTTP requests.

Each way of being watched has a process of its own.  They are all alive at once
and take turns, so that whatever else the machine does hits all of them alike,
and what is compared are the turns of one round.  ``bare again`` is watched no
more than ``bare``: what it adds is the noise of this machine.

    python benchmarks/http_overhead.py
    python benchmarks/http_overhead.py --quick --apart
    python benchmarks/http_overhead.py --quick --only httpx OpenTelemetry "front end attached"
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence

import attrs

from clients import CLIENTS, Timing
from field import Case, Field, all_variants
from placement import Placement
from report import report
from results import Results
from surroundings import surroundings

SIZES = (1024, 100 * 1024)
_CHANCE = random.Random(7)


@attrs.frozen
class Plan:
    """What is to be measured, and how often."""

    cases: Sequence[Case]
    variants: Sequence[str]
    rounds: int
    requests: int
    placement: Placement | None


def main() -> None:
    """Measure and print."""
    plan = _plan()
    field = Field(plan.variants, plan.placement)
    try:
        results = measure(field, plan)
        print(report(results, field.proofs(), field.recorded), surroundings(), sep="\n\n")
    finally:
        field.close()


def measure(field: Field, plan: Plan) -> Results:
    """Let all variants take turns; the first round warms up and does not count."""
    timings = {case: {name: list[Timing]() for name in plan.variants} for case in plan.cases}
    for number in range(plan.rounds + 1):
        _say(f"\rround {number} of {plan.rounds}")
        for case in plan.cases:
            for variant in _CHANCE.sample(plan.variants, k=len(plan.variants)):
                timing = field.turn(variant, case, plan.requests)
                if number:
                    timings[case][variant].append(timing)
    _say("\r\n")
    return Results(plan.variants, timings)


def _plan() -> Plan:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, help="turns of each (default: 25, or 6 if quick)")
    parser.add_argument("--requests", type=int, default=300, help="in one turn (default: 300)")
    parser.add_argument("--quick", action="store_true", help="6 rounds, small bodies")
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
        rounds=options.rounds or (6 if options.quick else 25),
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
