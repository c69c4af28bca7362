"""What it costs the host to record: how many exchanges a second, in how much memory.

Recorders that keep 100 to 100,000 exchanges, all full, take turns within one
process, so that a busy machine slows all of them alike; times are the processor's.
Prints Markdown; the exit code is 1 if one of 100,000 is slower than one of 100 by
more than is promised.
"""

from __future__ import annotations

import argparse
import gc
import platform
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence

import attrs

from loopback import document
from samples import spread
from tapscope.agents.host.store.budget import Budget
from tapscope.agents.host.store.process import Process
from tapscope.agents.host.store.recorder import Recorder
from tapscope.agents.link import Decoder, Encoder
from tapscope.agents.link.messages import (
    BodyChunk,
    Event,
    ExchangeFinished,
    RequestStarted,
    ResponseStarted,
)

SIZES = (100, 1_000, 10_000, 100_000)
LIMIT = 1.5
"""How many times the cost at the smallest size that at the largest may be."""
TURN = 200
"""Exchanges that are recorded in one turn."""
WEIGHED = 10_000

_HEADERS = tuple(
    (f"X-Header-{number}".encode(), b"some value of usual length") for number in range(8)
)
_BODY = document(1024)
_HUGE = 10**12


def events(number: int) -> tuple[Event, ...]:
    """Give what a program tells of one exchange."""
    url = f"http://bench.test/item/{number}?page=1"
    return (
        RequestStarted(number, 1, "GET", url, _HEADERS, 0, "main", None, None),
        ResponseStarted(
            number, 2, 200, "OK", "http/1.1", _HEADERS, None, reused=False,
            send_start=None, send_end=None,
        ),
        BodyChunk(number, 3, len(_BODY), _BODY, sent=False),
        ExchangeFinished(number, 4, None, complete=True),
    )  # fmt: skip


def from_link(numbers: Sequence[int]) -> Iterator[Event]:
    """Give the events of exchanges as they come off the link, sharing nothing."""
    decoder, encoder = Decoder(magic=False), Encoder()
    for number in numbers:
        for event in events(number):
            encoder.add_message(event)
        yield from decoder.feed(encoder.take())  # type: ignore[misc]  # all of them are events


@attrs.define
class Recording:
    """A recorder that is full, and the cost of each turn in nanoseconds an exchange."""

    size: int
    recorder: Recorder
    process: Process
    last: int = 0
    costs: list[float] = attrs.field(factory=list[float])
    asking: list[float] = attrs.field(factory=list[float])

    @classmethod
    def of(cls, size: int) -> Recording:
        """Fill one."""
        budget = Budget(size, total_bytes=size * len(_BODY), head_bytes=_HUGE)
        made = cls(size, Recorder(budget), Process(1, 7, "bench", "/", 0, ()))
        while made.last < 2 * size:
            made.record(TURN)
        return made

    def record(self, count: int) -> float:
        """Record so many exchanges more; give the seconds that took."""
        told = [event for number in range(count) for event in events(self.last + number)]
        self.last += count
        record, process = self.recorder.record, self.process
        began = time.process_time()
        for event in told:
            record(process, event)
        return time.process_time() - began

    def ask(self, count: int) -> float:
        """Walk through so many exchanges as a history does, from the oldest; give the seconds."""
        oldest = self.last - self.size
        began = time.process_time()
        for number in range(oldest, oldest + count):
            self.recorder.after(number)
        return time.process_time() - began

    def turn(self) -> None:
        """Measure once more."""
        self.costs.append(self.record(TURN) / TURN * 1e9)
        count = min(TURN, self.size)
        self.asking.append(self.ask(count) / count * 1e9)


def flatness(rounds: int) -> bool:
    """Measure and print the cost by size; whether it is as flat as promised."""
    recordings = [Recording.of(size) for size in SIZES]
    gc.collect()
    gc.disable()
    for _ in range(rounds):
        for recording in recordings:
            recording.turn()
    gc.enable()
    base = recordings[0]
    print("| kept | us an exchange | of that with 100 | us a step of the history |")
    print("|--:|--:|--:|--:|")
    ratio = 0.0
    for each in recordings:
        ratio = spread([a / b for a, b in zip(each.costs, base.costs, strict=True)]).median
        cost, asked = spread(each.costs).median / 1000, spread(each.asking).median / 1000
        print(f"| {each.size:,} | {cost:.1f} | {ratio:.2f} | {asked:.2f} |")
    print(f"\nFlat from 100 to 100,000: {ratio:.2f} times, at most {LIMIT:.2f}.\n")
    return ratio <= LIMIT


def throughput() -> None:
    """Print how many exchanges a second come off the link and are recorded."""
    recorder, process = Recorder(Budget()), Process(1, 7, "bench", "/", 0, ())
    encoder, decoder = Encoder(), Decoder(magic=False)
    for number in range(WEIGHED):
        for event in events(number):
            encoder.add_message(event)
    data = encoder.take()
    began = time.process_time()
    for start in range(0, len(data), 65_536):
        for message in decoder.feed(data[start : start + 65_536]):
            recorder.record(process, message)  # type: ignore[arg-type]  # all of them are events
    seconds = time.process_time() - began
    print(f"Decoded and recorded: {WEIGHED / seconds:,.0f} exchanges a second.\n")


def weight() -> None:
    """Print how much memory an exchange takes."""
    recorder, process = Recorder(Budget()), Process(1, 7, "bench", "/", 0, ())
    gc.collect()
    tracemalloc.start()
    for event in from_link(range(WEIGHED)):
        recorder.record(process, event)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    newest = recorder.newest(1, WEIGHED - 1)
    weighed = newest.weight + newest.kept if newest else 0
    print(
        f"An exchange with two heads of {len(_HEADERS)} headers and a body of {len(_BODY):,} "
        f"bytes takes {taken / WEIGHED:,.0f} bytes; the budget counts {weighed:,}.\n"
    )


def main() -> int:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, metavar="N")
    rounds: int = parser.parse_args().rounds
    print(f"CPython {platform.python_version()}, {platform.platform()}\n")
    throughput()
    weight()
    return 0 if flatness(rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
