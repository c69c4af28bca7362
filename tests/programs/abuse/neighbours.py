"""A domain that behaves, and its neighbours that do everything wrong."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import attrs
import trio
import trio.lowlevel

from tapscope.agents.domains import (
    CommandError,
    ConsoleLine,
    Domain,
    Event,
    Exchange,
    Feed,
    Notice,
    Process,
    Row,
    Session,
    Target,
    WorkFinished,
    command,
)

FOREVER = 3600.0


@attrs.frozen(kw_only=True)
class Count:
    """A number."""

    count: int


@attrs.frozen(kw_only=True)
class JobDone:
    """A job has ended."""

    name: str


@attrs.frozen(kw_only=True)
class Noise:
    """Something that nobody wants to know."""

    text: str


class Unprintable(Exception):
    """An error that fails even to say what it is."""

    def __repr__(self) -> str:
        raise SystemExit("repr")

    __str__ = __repr__


class CalmFeed(Feed):
    """Tells of jobs that are done."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self.count = 0

    def recorded(self, exchange: Exchange, event: Event) -> None:
        if isinstance(event, WorkFinished):
            self.count += 1
            self.send(JobDone(name=exchange.started(dict[str, Any])["name"]))


class Calm(Domain):
    """Jobs, counted."""

    name = "Calm"
    events: ClassVar[tuple[type, ...]] = (JobDone,)
    lifecycles = ("calm.job",)
    feed = CalmFeed

    @command
    def count(self) -> Count:
        """Say how many were done."""
        return Count(count=self.target.feed(CalmFeed).count)

    @command
    async def count_slowly(self) -> Count:
        """Say how many were done, a little later."""
        await trio.sleep(0.01)
        return self.count()


class Stillborn(Domain):
    """Can't even be made."""

    name = "Stillborn"
    events: ClassVar[tuple[type, ...]] = (Noise,)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        raise SystemExit("no")


class RaisingFeed(Feed):
    """Raises in every hook."""

    def start(self) -> NoReturn:
        raise KeyboardInterrupt

    def stop(self) -> NoReturn:
        raise SystemExit(3)

    def recorded(self, exchange: Exchange, event: Event) -> NoReturn:
        raise Unprintable

    def linked(self, process: Process) -> NoReturn:
        raise GeneratorExit

    def ended(self, process: Process) -> NoReturn:
        raise MemoryError

    def noticed(self, notice: Notice) -> NoReturn:
        self.target.say("warning", "and so on")
        raise RecursionError


class Raising(Domain):
    """Raises everywhere."""

    name = "Raising"
    events: ClassVar[tuple[type, ...]] = (Noise,)
    lifecycles = ("raising.job",)
    feed = RaisingFeed

    def close(self) -> NoReturn:
        raise SystemExit("close")

    @command
    def fail(self) -> None:
        """Raise an error."""
        raise ValueError("no")

    @command
    def leave(self) -> None:
        """End the process."""
        raise SystemExit(1)

    @command
    def interrupt(self) -> None:
        """Press Ctrl-C."""
        raise KeyboardInterrupt

    @command
    def hide(self) -> None:
        """Raise what can't be shown."""
        raise Unprintable

    @command
    def garble(self) -> None:
        """Raise what JSON can't hold."""
        raise CommandError("\ud800", 2**70)

    @command
    async def leave_later(self) -> None:
        """End the process, in a task."""
        await trio.lowlevel.checkpoint()
        raise SystemExit(1)

    @command
    async def leave_from_below(self) -> None:
        """End the process, in a task's task."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.leave_later)
            nursery.start_soon(trio.sleep_forever)

    @classmethod
    def row(cls, exchange: Exchange) -> NoReturn:
        raise SystemExit("row")

    @classmethod
    def console(cls, exchange: Exchange, event: Event) -> Iterator[ConsoleLine]:
        yield ConsoleLine(level="info", text="so far so good")
        raise KeyboardInterrupt


class BlockingFeed(Feed):
    """Never comes back."""

    def recorded(self, exchange: Exchange, event: Event) -> None:
        time.sleep(FOREVER)

    def noticed(self, notice: Notice) -> None:
        while True:
            try:
                time.sleep(FOREVER)
            except BaseException:  # as it is found in the wild
                pass


class Blocking(Domain):
    """Blocks everywhere."""

    name = "Blocking"
    events: ClassVar[tuple[type, ...]] = (Noise,)
    lifecycles = ("blocking.job",)
    feed = BlockingFeed

    @command
    def sleep(self) -> None:
        """Sleep."""
        time.sleep(FOREVER)

    @command
    def spin(self) -> None:
        """Be busy."""
        while True:
            pass

    @command
    def wait(self) -> None:
        """Wait for nobody."""
        threading.Event().wait()

    @command
    async def sleep_in_a_task(self) -> None:
        """Sleep where everybody else wants to run."""
        await trio.lowlevel.checkpoint()
        time.sleep(FOREVER)

    @command
    async def sleep_from_below(self) -> None:
        """Sleep in a task's task."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.sleep_in_a_task)

    @classmethod
    def row(cls, exchange: Exchange) -> Row | None:
        while True:
            exchange.id

    @classmethod
    def console(cls, exchange: Exchange, event: Event) -> Iterable[ConsoleLine]:
        while True:
            yield ConsoleLine(level="info", text="again")


class Flooding(Domain):
    """Says more than anybody can read."""

    name = "Flooding"
    events: ClassVar[tuple[type, ...]] = (Noise,)

    @command
    def flood(self) -> None:
        """Send events for ever."""
        while True:
            self.send(Noise(text="x" * 1000))

    @command(deadline=1)
    async def flood_in_a_task(self) -> None:
        """Send events for ever, and let others send theirs."""
        while True:
            self.send(Noise(text="x" * 1000))
            await trio.lowlevel.checkpoint()


class Leaking(Domain):
    """Leaves things running, and gives what it does not promise."""

    name = "Leaking"
    events: ClassVar[tuple[type, ...]] = (Noise,)

    @command(deadline=0.2)
    async def stay(self) -> None:
        """Ignore the deadline, and the end of the front end and of the host."""
        while True:
            try:
                await trio.sleep(0.05)
                self.send(Noise(text="still here"))
            except trio.Cancelled:
                pass

    @command(deadline=0.2)
    async def hide_away(self) -> None:
        """Not even hear of the deadline."""
        with trio.CancelScope(shield=True):
            await trio.sleep_forever()

    @command
    def start_threads(self) -> None:
        """Leave threads that keep a process from ending."""
        for _ in range(10):
            threading.Thread(target=time.sleep, args=[FOREVER]).start()

    @command
    def lock(self, path: str) -> None:
        """Lock a file for as long as the process lives."""
        file = Path(path).open("w")
        fcntl.flock(file, fcntl.LOCK_EX)
        self.target.shared(lambda _: file)

    @command
    def promise(self) -> Count:
        """Give something else."""
        wrong: Any = {1, 2}
        return wrong

    @command
    async def promise_later(self) -> Count:
        """Give something else that JSON can't hold."""
        await trio.lowlevel.checkpoint()
        wrong: Any = {"count": object()}
        return wrong

    @command
    def say_nonsense(self) -> None:
        """Send what is no event."""
        self.send(17)


BAD: tuple[type[Domain], ...] = (Stillborn, Raising, Blocking, Flooding, Leaking)
