"""What redaction costs: on a request's path, and in the tap's own thread.

Encoders with rules and without take turns within one process, as :mod:`bus` has
it; figures are medians.  Prints Markdown; the exit code is 1 if a bound is missed.

    python benchmarks/redaction.py
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import timeit
from collections.abc import Callable

import attrs

from bus import ROUNDS, Statement, nanoseconds
from tapscope.agents.redaction import CREDENTIALS, Rules
from tapscope.agents.redaction.redactor import Redactor
from tapscope.agents.tap.encoder import EventEncoder
from tapscope.agents.tap.queue import EventQueue
from tapscope.agents.tap.redacting import RedactingEncoder, released
from tapscope.channels.http import BodyChunk, ExchangeFinished, RequestStarted, ResponseStarted

ON_PATH = 30_000
"""Nanoseconds that rules may add to a request in the thread that makes it."""

_REQUEST = [
    (b"Host", b"shop.example"),
    (b"User-Agent", b"python-httpx/0.28.1"),
    (b"Accept", b"*/*"),
    (b"Accept-Encoding", b"gzip, deflate, br, zstd"),
    (b"Connection", b"keep-alive"),
    (b"Authorization", b"Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.abc"),
    (b"Content-Type", b"application/json"),
]
_RESPONSE = [
    (b"Date", b"Fri, 01 Jan 2027 00:00:00 GMT"),
    (b"Content-Type", b"application/json; charset=utf-8"),
    (b"Content-Length", b"1024"),
    (b"Connection", b"keep-alive"),
    (b"Cache-Control", b"no-cache"),
    (b"Vary", b"Accept-Encoding"),
    (b"Set-Cookie", b"session=0123456789abcdef; Path=/; HttpOnly"),
    (b"X-Request-Id", b"7c0b7c4e-2f0e-4c43-9d4c-8d3d4d2a3c1b"),
]


@attrs.frozen
class Case:
    """A way of encoding, by its name."""

    name: str
    make: Callable[[], EventEncoder]


CASES = [
    Case("no rules", EventEncoder),
    Case("no rules again", EventEncoder),
    Case("one header", lambda: _redacting(Rules(headers={"Authorization"}))),
    Case("headers and query", lambda: _redacting(_heads())),
    Case("`CREDENTIALS`", lambda: _redacting(CREDENTIALS)),
]


def _heads() -> Rules:
    return Rules(headers=CREDENTIALS.headers, query=CREDENTIALS.query)


def _redacting(rules: Rules) -> EventEncoder:
    return RedactingEncoder(Redactor(rules))


def _body(size: int, *, secret: bool = False) -> bytes:
    """Give about *size* bytes of JSON as APIs have it."""
    row = {"id": 7, "name": "a shirt", "price": 12.5, "tags": ["red", "small"], "stock": None}
    rows: list[object] = [row] * max(size // 85, 1)
    return json.dumps([*rows, {"token": "abcdefgh"}] if secret else rows).encode()


class Exchange:
    """One exchange, as it is published and as it is taken from the queue."""

    def __init__(self, encoder: EventEncoder, data: bytes) -> None:
        self.queue = EventQueue(encoder, lambda: True)
        url = "https://shop.example/items?page=2&token=abcdefgh"
        self.start = RequestStarted(1, 1, "GET", url, _REQUEST, (), "MainThread")
        self.answer = ResponseStarted(1, 2, 200, "OK", "http/1.1", _RESPONSE)
        self.chunk = BodyChunk(1, 3, data, False)
        self.end = ExchangeFinished(1, 4, len(data))

    def publish(self) -> None:
        """Do what happens in the program's thread."""
        queue = self.queue
        queue.start(self.start, "")
        queue.headers(self.answer, "")
        queue.body_chunk(self.chunk, "")
        queue.finish(self.end, "")

    def take(self) -> None:
        """Do what happens in the tap's thread."""
        while released(self.queue.pop()) is not None:
            pass

    def both(self) -> None:
        """Do one after the other."""
        self.publish()
        self.take()


def on_path(rounds: int) -> dict[str, float]:
    """Time the program's part; the queue is emptied without looking through anything."""
    exchanges = {case.name: Exchange(case.make(), _body(1024)) for case in CASES}
    code = "publish(); clear()"
    return nanoseconds(
        {
            name: Statement(code, {"publish": each.publish, "clear": _clearing(each)})
            for name, each in exchanges.items()
        },
        rounds,
    )


def _clearing(exchange: Exchange) -> Callable[[], None]:
    def clear() -> None:
        while exchange.queue.pop() is not None:
            pass

    return clear


def microseconds(work: Callable[[], None]) -> float:
    """Time one turn; the least of a few, as what is timed is long."""
    return min(timeit.repeat(work, number=1, repeat=9)) * 1e6


def in_all(size: int) -> dict[str, float]:
    """Time both parts, for a body of about *size* bytes; in microseconds."""
    exchanges = {case.name: Exchange(case.make(), _body(size)) for case in CASES}
    return {name: microseconds(each.both) for name, each in exchanges.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"default: {ROUNDS}")
    rounds = parser.parse_args().rounds
    path = on_path(rounds)
    totals = {size: in_all(size) for size in (1024, 10 * 1024, 100 * 1024)}
    print("| rules | in the request's thread | more | with 1 KB of JSON | 10 KB | 100 KB |")
    print("|---|--:|--:|--:|--:|--:|")
    bare = path[CASES[0].name]
    for name, time in path.items():
        rest = " | ".join(f"{totals[size][name]:,.0f} us" for size in totals)
        print(f"| {name} | {time / 1000:.1f} us | {(time - bare) / 1000:+.1f} us | {rest} |")
    print(f"\nPython {platform.python_version()}; the last three are both threads together.")
    sys.exit(any(time - bare > ON_PATH for time in path.values()))


if __name__ == "__main__":
    main()
