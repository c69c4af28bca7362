"""What a benchmark found, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from field import ATTACHED, Case, Proof
from results import Kind, Results
from samples import Spread

_CONTROL = "bare again"
_IDLE = "installed, idle"
_QUARTER = 0.25
_KINDS: tuple[tuple[Kind, str], ...] = (
    ("wall", "Time"),
    ("processor", "Processor time, all threads of the program"),
)


def report(results: Results, proofs: Mapping[str, Proof], recorded: Mapping[str, int]) -> str:
    """Give everything."""
    parts = [_summary(results, kind, title) for kind, title in _KINDS]
    parts += [_table(results, size) for size in results.sizes]
    parts += [_verdict(results), _proven(proofs, recorded)]
    return "\n\n".join(part for part in parts if part)


def _summary(results: Results, kind: Kind, title: str) -> str:
    peers = results.peers if ATTACHED in results.variants else []
    compared = [f"{ATTACHED} / {peer}" for peer in peers]
    head = ["client", "body", *results.variants, *compared]
    rows = [_summary_row(results, kind, case, peers) for case in results.cases]
    heading = f"{title} of one request, in microseconds, and what is added to it:"
    return f"{heading}\n\n{_markdown(head, rows, left=2)}"


def _summary_row(results: Results, kind: Kind, case: Case, peers: Sequence[str]) -> list[str]:
    row = [case.client, _size(case.size), f"{results.typical(kind, case, results.base):.0f}"]
    for variant in results.variants[1:]:
        watched = results.watched(case, variant)
        added = results.added(kind, case, variant).median if watched else 0.0
        row.append(f"{added:+.1f}" if watched else "not watched")
    return row + [_share(results.share(kind, case, ATTACHED, peer)) for peer in peers]


def _table(results: Results, size: int) -> str:
    of_peers = [f"of {peer}'s" for peer in results.peers]
    head = ["client", "variant", "requests/s", "added us", "95 % interval", "quartiles"]
    head += ["times bare", *of_peers, "added CPU us", "95 % interval", *of_peers]
    rows = [
        _row(results, case, variant)
        for case in results.cases
        if case.size == size
        for variant in results.variants
        if results.watched(case, variant)
    ]
    return f"In full, bodies of {_size(size)}:\n\n{_markdown(head, rows, left=2)}"


def _row(results: Results, case: Case, variant: str) -> list[str]:
    row = [case.client, variant, f"{1e6 / results.typical('wall', case, variant):,.0f}"]
    if variant == results.base:
        return row + [""] * (6 + 2 * len(results.peers))
    wall, worked = (results.added(kind, case, variant) for kind, _ in _KINDS)
    row += [f"{wall.median:+.1f}", _interval(wall), f"{wall.lower:+.1f} ... {wall.upper:+.1f}"]
    row += [f"{results.times(case, variant):.2f}", *_shares(results, "wall", case, variant)]
    row += [f"{worked.median:+.1f}", _interval(worked)]
    return row + _shares(results, "processor", case, variant)


def _shares(results: Results, kind: Kind, case: Case, variant: str) -> list[str]:
    return [_share(results.share(kind, case, variant, peer)) for peer in results.peers]


def _verdict(results: Results) -> str:
    lines = list[str]()
    for case in results.cases:
        where = f"{case.client}, {_size(case.size)}"
        if {_IDLE, _CONTROL} <= set(results.variants):
            lines.append(f"* {where}: {_noise(results, case)}")
        for peer in results.peers:
            wall, worked = (results.share(kind, case, ATTACHED, peer) for kind, _ in _KINDS)
            if wall is not None and worked is not None:
                lines.append(f"* {where}: {_quarter(peer, wall, worked)}")
    return "\n".join(lines)


def _noise(results: Results, case: Case) -> str:
    """Idle is within noise if its interval meets that of a second process that is bare, too."""
    idle, control = (results.added("wall", case, name) for name in (_IDLE, _CONTROL))
    meet = idle.low <= max(control.high, 0.0) and idle.high >= min(control.low, 0.0)
    found = "within" if meet else "NOT within"
    return f"{_IDLE} {idle.median:+.1f} us, {found} noise ({_CONTROL} {control.median:+.1f} us)"


def _quarter(peer: str, wall: Spread, worked: Spread) -> str:
    time, processor = _against_a_quarter(wall), _against_a_quarter(worked)
    costs = f"{wall.median:.0%} of its time ({time} a quarter)"
    costs += f" and {worked.median:.0%} of its processor time ({processor} a quarter)"
    return f"of what {peer} adds, {ATTACHED} adds {costs}"


def _against_a_quarter(part: Spread) -> str:
    """Say how *part* compares with the goal, as far as its interval allows it to be said."""
    if part.high <= _QUARTER:
        return "at most"
    if part.low > _QUARTER:
        return "MORE THAN"
    return f"between {part.low:.0%} and {part.high:.0%}, which leaves open whether it is at most"


def _proven(proofs: Mapping[str, Proof], recorded: Mapping[str, int]) -> str:
    lines = [f"* {variant}: {_proof(proof)}" for variant, proof in proofs.items()]
    lines += [f"* {name}: {count:,} requests recorded" for name, count in recorded.items()]
    return "\n".join(lines)


def _proof(proof: Proof) -> str:
    last = f"Console: {proof.warnings[-1]}" if proof.warnings else "no warnings: nothing dropped"
    return (
        f"{proof.made:,} requests made, {proof.made_bytes:,} bytes of bodies; {proof.seen:,} "
        f"requests seen by the front end, {proof.finished:,} of them to their end; of the newest "
        f"{proof.asked} bodies {len(proof.bodies)} were kept ({sum(proof.bodies):,} bytes); {last}"
    )


def _size(size: int) -> str:
    return f"{size // 1024} KiB"


def _interval(found: Spread) -> str:
    return f"{found.low:+.1f} ... {found.high:+.1f}"


def _share(part: Spread | None) -> str:
    return "" if part is None else f"{part.median:.2f} ({part.low:.2f} ... {part.high:.2f})"


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]], *, left: int) -> str:
    rule = ["---"] * left + ["--:"] * (len(head) - left)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, rule, *rows])
