"""What the bus costs: the bounds it promises, and others beside it.

All that is compared is measured in turns, within one process, in slices of a
few hundred microseconds, so that a busy machine slows all of it alike; figures
are medians over the slices.  Prints Markdown; the exit code is 1 if a bound is
missed.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import shutil
import statistics
import subprocess
import sys
import timeit
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import blinker

from tapscope.channels import channel, subscribe, tracing_channel
from tapscope.channels.http import BodyChunk, RequestStarted, ResponseStarted

SLICE = 0.0003  # seconds
ROUNDS = 400


@attrs.frozen
class Statement:
    """Some code to be timed, and the objects that it speaks of."""

    code: str
    objects: Mapping[str, object]

    def timer(self) -> timeit.Timer:
        # Bound to locals by the setup, since a global would cost more to read.
        setup = "\n".join(f"{name} = _{name}" for name in self.objects) or "pass"
        return timeit.Timer(self.code, setup, globals={f"_{n}": v for n, v in self.objects.items()})


def nanoseconds(statements: dict[str, Statement], rounds: int) -> dict[str, float]:
    """Time all *statements* in turns; nanoseconds of one execution, the empty loop taken off."""
    timers = {"": timeit.Timer("pass")} | {n: s.timer() for n, s in statements.items()}
    loops = {name: max(1, int(SLICE / (t.timeit(1000) / 1000))) for name, t in timers.items()}
    slices: dict[str, list[float]] = {name: [] for name in timers}
    for _ in range(rounds):
        for name, timer in timers.items():
            slices[name].append(timer.timeit(loops[name]) / loops[name] * 1e9)
    medians = {name: statistics.median(values) for name, values in slices.items()}
    return {name: medians[name] - medians[""] for name in statements}


@attrs.frozen
class Bound:
    """A promise: what is measured costs at most *limit* times the standard."""

    promise: str
    measured: float
    standard: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.measured / self.standard

    @property
    def kept(self) -> bool:
        return self.ratio <= self.limit

    def row(self) -> str:
        verdict = "yes" if self.kept else "**no**"
        return (
            f"| {self.promise} | {self.measured:.1f} | {self.standard:.1f} "
            f"| {self.ratio:.2f} | {self.limit:.2f} | {verdict} |"
        )


def one(message: object) -> None:
    """The least a subscriber can do."""


def two(message: object, name: str) -> None:
    """The same, as a subscriber of ours."""


def receiver() -> Callable[..., None]:
    """The same, as a receiver of blinker's, which knows each only once."""

    def receive(sender: object, message: object) -> None:
        del sender, message

    return receive


def listener() -> Callable[..., None]:
    """The same, as others have it who know each only once."""

    def listen(message: object = None) -> None:
        del message

    return listen


class Slots:
    """An object with a slot, to be read."""

    __slots__ = ("has_subscribers",)

    def __init__(self) -> None:
        self.has_subscribers = False


def guard(rounds: int) -> list[Bound]:
    code = "if object.has_subscribers: pass"
    times = nanoseconds(
        {
            "slot": Statement(code, {"object": Slots()}),
            "guard": Statement(code, {"object": channel("bench.guard")}),
        },
        rounds,
    )
    return [Bound("the guard `if ch.has_subscribers`", times["guard"], times["slot"], 1.3)]


def publishing(rounds: int) -> list[Bound]:
    bounds: list[Bound] = []
    for count in (1, 10):
        ours, signal = channel(f"bench.publish{count}"), blinker.Signal()
        for _ in range(count):
            ours.subscribe(two)
            signal.connect(receiver(), weak=False)
        floor = "for f in subscribers: f(message)"
        times = nanoseconds(
            {
                "floor": Statement(floor, {"subscribers": (one,) * count, "message": 1}),
                "publish": Statement("ch.publish(message)", {"ch": ours, "message": 1}),
                "send": Statement("s.send(None, message=message)", {"s": signal, "message": 1}),
            },
            rounds,
        )
        bounds += [
            Bound(f"`publish` to {count}, of a loop of calls", times["publish"], times["floor"], 2),
            Bound("the same, of `Signal.send`", times["publish"], times["send"], 1 / 3),
        ]
    return bounds


def tracing(rounds: int) -> list[Bound]:
    trace = tracing_channel("bench.idle")

    def work(x: int) -> int:
        return x

    def call(*args: Any, **kwargs: Any) -> Any:
        return work(*args, **kwargs)

    objects = {"work": work, "call": call, "traced": trace.traced(work), "trace": trace}
    times = nanoseconds(
        {
            "plain": Statement("work(1)", objects),
            "call": Statement("call(1)", objects),
            "traced": Statement("traced(1)", objects),
            "span": Statement("with trace.span(): work(1)", objects),
        },
        rounds,
    )
    more = times["call"] - times["plain"]
    return [
        Bound(f"idle `{name}` adds, of one more call", times[name] - times["plain"], more, 1)
        for name in ("traced", "span")
    ]


def patterns(rounds: int) -> list[Bound]:
    subscribe("bench.few.*", two)
    subscribe("bench.many.*", two)
    few = channel("bench.few.only")
    many = [channel(f"bench.many.number{number}") for number in range(1000)]
    code = "ch.publish(message)"
    times = nanoseconds(
        {
            "one": Statement(code, {"ch": few, "message": 1}),
            "thousand": Statement(code, {"ch": many[500], "message": 1}),
        },
        rounds,
    )
    # Two of the same differ by the memory they happen to lie in: hence more than 1.
    return [Bound("`publish`, one pattern over 1000", times["thousand"], times["one"], 1.15)]


def by_hand(event: type[Any]) -> type[Any]:
    """A class with the same fields as *event*, as one would write it without attrs."""
    fields = attrs.fields(event)
    names = [field.name for field in fields]
    parameters = ", ".join(
        name if field.default is attrs.NOTHING else f"{name}={field.default!r}"
        for name, field in zip(names, fields, strict=True)
    )
    lines = [f"class ByHand:\n    __slots__ = {tuple(names)!r}"]
    lines.append(f"    def __init__(self, {parameters}):")
    lines += [f"        self.{name} = {name}" for name in names]
    namespace: dict[str, Any] = {}
    exec("\n".join(lines), namespace)
    made: type[Any] = namespace["ByHand"]
    return made


def required(event: type[Any]) -> int:
    return sum(field.default is attrs.NOTHING for field in attrs.fields(event))


def events(rounds: int) -> tuple[list[Bound], list[str]]:
    bounds: list[Bound] = []
    facts: list[str] = []
    classes: list[type[Any]] = [RequestStarted, ResponseStarted, BodyChunk]
    for event in classes:
        arguments = ", ".join("0" * required(event))
        code = f"Event({arguments})"
        times = nanoseconds(
            {
                "attrs": Statement(code, {"Event": event}),
                "hand": Statement(code, {"Event": by_hand(event)}),
            },
            rounds,
        )
        name = event.__name__
        bounds.append(
            Bound(f"making a `{name}`, of one by hand", times["attrs"], times["hand"], 1.2)
        )
        size = sys.getsizeof(event(*[0] * required(event)))
        facts.append(f"| `{name}` | {times['attrs']:.0f} | {size} |")
    return bounds, facts


def importing() -> tuple[str, list[str]]:
    """How long the import takes, and whose modules it loads that it should not."""
    times = [_import_time() for _ in range(9)]
    code = (
        "import sys; before = set(sys.modules); import tapscope.channels; "
        "print(*{n.partition('.')[0] for n in set(sys.modules) - before})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    allowed = sys.stdlib_module_names | {"attr", "attrs", "blinker", "tapscope"}
    text = f"`import tapscope.channels` takes {statistics.median(times):.1f} ms"
    return text, sorted(set(loaded) - allowed)


def _import_time() -> float:
    command = [sys.executable, "-X", "importtime", "-c", "import tapscope.channels"]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    imports = (line.split("|") for line in report.splitlines())
    # What is imported by another module stands indented below it, and is in its sum.
    return sum(int(i[1]) for i in imports if i[-1].startswith(" tapscope")) / 1000


def peers(rounds: int) -> list[str]:
    """Publishing to nobody, one and ten, by others: rows of a table."""
    makers = {"blinker": _blinker, "psygnal": _psygnal, "pubsub": _pubsub, "pluggy": _pluggy}
    there = {n: make for n, make in makers.items() if importlib.util.find_spec(n)}
    rows: list[str] = []
    columns: dict[str, list[str]] = {n: [] for n in ("tapscope", *there)}
    for count in (0, 1, 10):
        statements = {"tapscope": _ours(count)} | {n: m(count) for n, m in there.items()}
        for name, time in nanoseconds(statements, max(rounds // 4, 10)).items():
            columns[name].append(f"{time:.0f}")
    rows += [f"| {name} | {' | '.join(times)} |" for name, times in columns.items()]
    missing = [name for name in makers if name not in there]
    rows += [f"| {name} | not installed | | |" for name in missing]
    return [*rows, _node()]


def _ours(count: int) -> Statement:
    ch = channel(f"bench.peers{count}")
    for _ in range(count):
        ch.subscribe(two)
    return Statement("ch.publish(1)", {"ch": ch})


def _blinker(count: int) -> Statement:
    signal = blinker.Signal()
    for _ in range(count):
        signal.connect(receiver(), weak=False)
    return Statement("s.send(None, message=1)", {"s": signal})


def _psygnal(count: int) -> Statement:
    import psygnal

    class Sender:
        happened = psygnal.Signal(int)

    sender = Sender()
    for _ in range(count):
        sender.happened.connect(listener())
    return Statement("s.happened.emit(1)", {"s": sender})


def _pubsub(count: int) -> Statement:
    from pubsub import pub

    topic = f"bench{count}"
    pub.getDefaultTopicMgr().getOrCreateTopic(topic)
    listeners: list[Callable[..., None]] = []
    for _ in range(count):
        listeners.append(listener())
        pub.subscribe(listeners[-1], topic)
    objects = {"pub": pub, "topic": topic, "kept": listeners}
    return Statement(
        "pub.sendMessage(topic, message=1)" if count else "pub.sendMessage(topic)", objects
    )


def _pluggy(count: int) -> Statement:
    import pluggy

    class Spec:
        @pluggy.HookspecMarker("bench")
        def happened(self, message: object) -> None: ...

    class Plugin:
        @pluggy.HookimplMarker("bench")
        def happened(self, message: object) -> None: ...

    manager = pluggy.PluginManager("bench")
    manager.add_hookspecs(Spec)
    for _ in range(count):
        manager.register(Plugin())
    return Statement("hook.happened(message=1)", {"hook": manager.hook})


_NODE = """
const { channel } = require('node:diagnostics_channel');
const row = [0, 1, 10].map((count) => {
  const ch = channel('bench' + count), times = [];
  for (let i = 0; i < count; i++) ch.subscribe(() => {});
  for (let round = 0; round < 50; round++) {
    const begin = process.hrtime.bigint();
    for (let i = 0; i < 2e5; i++) ch.publish(1);
    times.push(Number(process.hrtime.bigint() - begin) / 2e5);
  }
  return times.sort((a, b) => a - b)[25].toFixed(0);
});
console.log(`| Node ${process.version} diagnostics_channel | ${row.join(' | ')} |`);
"""


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        return "| Node diagnostics_channel | not installed | | |"
    run = subprocess.run([node, "-e", _NODE], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="slices of each statement")
    rounds = parser.parse_args().rounds
    made, facts = events(rounds)
    bounds = [*guard(rounds), *publishing(rounds), *tracing(rounds), *patterns(rounds), *made]
    import_time, strangers = importing()
    print(f"# The bus, on Python {platform.python_version()}\n")
    print("| promise | ns | of ns | ratio | at most | kept |\n|---|--:|--:|--:|--:|---|")
    print("\n".join(bound.row() for bound in bounds))
    print("\n| event | ns to make | bytes |\n|---|--:|--:|\n" + "\n".join(facts))
    print(
        f"\n{import_time} and loads of others: {', '.join(strangers) or 'attrs and blinker alone'}."
    )
    print("\n| publish, ns | to 0 | to 1 | to 10 |\n|---|--:|--:|--:|")
    print("\n".join(peers(rounds)))
    return 0 if all(bound.kept for bound in bounds) and not strangers else 1


if __name__ == "__main__":
    sys.exit(main())
