"""Async commands and calls into the program, in a session within the program."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import attrs
import pytest
import trio

from tapscope.agents import Session
from tapscope.agents.domains import CommandError, Domain, command, in_program, remote
from tapscope.agents.host.session.session import MAX_RUNNING
from tapscope.agents.session import Notification
from tapscope.channels import lifecycle

_go_on = threading.Event()


@attrs.frozen(kw_only=True)
class Number:
    """A number."""

    number: int


@attrs.frozen(kw_only=True)
class Ticked:
    """Time has passed."""

    count: int


@remote
def double(number: int) -> Number:
    """Double a number."""
    with lifecycle("test.doubling").exchange("double"):
        return Number(number=2 * number)


@remote
def refuse(number: int) -> Number:
    """Refuse a number."""
    raise ValueError(f"not {number}")


@remote
def misunderstand(number: int) -> Number:
    """Give something else."""
    wrong: Any = {"text": str(number)}
    return wrong  # type: ignore[no-any-return]


@remote
def hang(number: int) -> Number:
    """Wait until the test lets it go on."""
    _go_on.wait(60)
    return Number(number=number)


def private(number: int) -> Number:
    return Number(number=number)


class Jobs(Domain):
    """Commands that take their time."""

    name = "Jobs"
    events: ClassVar[tuple[type, ...]] = (Ticked,)
    heard: ClassVar[list[str]] = []

    double = in_program(double)
    refuse = in_program(refuse)
    misunderstand = in_program(misunderstand)
    hang = in_program(hang, deadline=0.1)

    @command
    async def call_private(self, number: int) -> Number:
        """Call what is not to be called."""
        return await self.call(f"{__name__}:private", Number, {"number": number})

    @command
    async def nap(self, seconds: float) -> Number:
        """Sleep a little."""
        await trio.sleep(seconds)
        return Number(number=1)

    @command(deadline=0.05)
    async def oversleep(self) -> None:
        """Sleep too long."""
        await trio.sleep_forever()

    @command(deadline=0.05)
    async def ignore_the_alarm(self) -> None:
        """Sleep too long, whatever happens."""
        with trio.CancelScope(shield=True):
            await trio.sleep(0.3)

    @command
    async def refuse_later(self) -> None:
        """Fail with an error of its own."""
        await trio.lowlevel.checkpoint()
        raise CommandError("not today", -31999)

    @command
    async def break_later(self) -> None:
        """Fail with any error."""
        await trio.lowlevel.checkpoint()
        raise ZeroDivisionError

    @command
    async def leave_later(self) -> None:
        """Try to end the process."""
        await trio.lowlevel.checkpoint()
        raise SystemExit(1)

    @command
    async def tick(self, count: int) -> Number:
        """Send events, one after the other."""
        for number in range(count):
            self.send(Ticked(count=number))
            await trio.sleep(0.001)
        return Number(number=count)

    @command
    async def sleep_forever(self) -> None:
        """Sleep until the front end leaves."""
        self.send(Ticked(count=0))
        try:
            await trio.sleep_forever()
        finally:
            self.heard.append("cancelled")


@pytest.fixture
def session() -> Iterator[Session]:
    _go_on.clear()
    Jobs.heard.clear()
    with Session(Jobs) as session:
        session.post("Jobs.enable")
        yield session
    _go_on.set()


def failure(session: Session, method: str, **params: object) -> CommandError:
    with pytest.raises(CommandError) as raised:
        session.post(method, params)
    return raised.value


def test_a_command_is_awaited(session: Session) -> None:
    assert session.post("Jobs.nap", {"seconds": 0.01}) == {"number": 1}


@pytest.mark.parametrize(
    ("method", "message", "code"),
    [
        ("Jobs.oversleep", "Jobs.oversleep took longer than 0.05 s", -32000),
        ("Jobs.ignoreTheAlarm", "Jobs.ignoreTheAlarm took longer than 0.05 s", -32000),
        ("Jobs.refuseLater", "not today", -31999),
        ("Jobs.breakLater", "Jobs.breakLater failed: ZeroDivisionError()", -32603),
        ("Jobs.leaveLater", "Jobs.leaveLater failed: SystemExit(1)", -32603),
        ("Jobs.nap", "seconds: is missing", -32602),
    ],
)
def test_one_that_fails_gives_an_error(
    session: Session, method: str, message: str, code: int
) -> None:
    error = failure(session, method)
    assert (str(error), error.code) == (message, code)
    assert session.post("Jobs.nap", {"seconds": 0}) == {"number": 1}


def test_events_are_heard_while_a_command_runs(session: Session) -> None:
    heard: list[int] = []
    session.on("Jobs.ticked", lambda event: heard.append(event.params["count"]))
    assert session.post("Jobs.tick", {"count": 20}) == {"number": 20}
    assert session.events
    assert heard == list(range(20))


def test_threads_may_wait_beside_each_other(session: Session) -> None:
    answers: list[object] = []

    def ask() -> None:
        answers.append(session.post("Jobs.nap", {"seconds": 0.05}))

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    assert session.post("Schema.getDomains")
    for thread in threads:
        thread.join()
    assert answers == [{"number": 1}] * 10


def post_in_asyncio(session: Session) -> object:
    async def main() -> object:
        return session.post("Jobs.double", {"number": 2})

    return asyncio.run(main())


def post_in_trio(session: Session) -> object:
    async def main() -> object:
        await trio.lowlevel.checkpoint()
        return session.post("Jobs.double", {"number": 2})

    return trio.run(main)


@pytest.mark.parametrize("post", [post_in_asyncio, post_in_trio])
def test_a_program_with_a_loop_may_wait_too(
    session: Session, post: Callable[[Session], object]
) -> None:
    assert post(session) == {"number": 4}


def test_a_listener_may_have_a_command_awaited(session: Session) -> None:
    heard: list[object] = []

    def listen(_: Notification) -> None:
        heard.append(session.post("Jobs.double", {"number": 5}))

    session.on("Jobs.ticked", listen)
    session.post("Jobs.tick", {"count": 1})
    deadline = time.monotonic() + 60
    while not heard:
        assert session.events
        assert time.monotonic() < deadline
    assert heard == [{"number": 10}]


def test_what_still_runs_is_cancelled_when_the_session_leaves(session: Session) -> None:
    errors: list[str] = []
    begun = threading.Event()
    session.on("Jobs.ticked", lambda _: begun.set())
    thread = threading.Thread(
        target=lambda: errors.append(str(failure(session, "Jobs.sleepForever")))
    )
    thread.start()
    while not begun.wait(0.001):
        assert session.events is not None
    session.disconnect()
    thread.join()
    assert errors == ["this session is disconnected"]
    assert Jobs.heard == ["cancelled"]


def test_a_session_that_has_left_answers_no_more(session: Session) -> None:
    session.disconnect()
    assert "disconnected" in str(failure(session, "Schema.getDomains"))


def test_a_session_without_async_commands_has_no_thread() -> None:
    before = set(threading.enumerate())
    with Session(Jobs) as session:
        session.post("Schema.getDomains")
        assert set(threading.enumerate()) <= before


def test_a_function_of_the_program_is_called_on_its_side(session: Session) -> None:
    assert session.post("Jobs.double", {"number": 21}) == {"number": 42}


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("Jobs.refuse", "refuse failed: ValueError('not 3')"),
        ("Jobs.misunderstand", "misunderstand gave no"),
        ("Jobs.hang", "Jobs.hang took longer than 0.1 s"),
        ("Jobs.callPrivate", "is no function that is marked with @remote"),
    ],
)
def test_a_call_that_fails_is_an_error(session: Session, method: str, message: str) -> None:
    assert message in str(failure(session, method, number=3))
    assert session.post("Jobs.double", {"number": 1}) == {"number": 2}


def test_a_program_that_is_gone_or_was_never_there_is_an_error(session: Session) -> None:
    assert "there is no process 7" in str(failure(session, "Jobs.double", number=1, process=7))


def test_so_many_calls_may_hang_and_no_more(session: Session) -> None:
    for _ in range(4):
        failure(session, "Jobs.hang", number=1)
    assert "4 calls into the program" in str(failure(session, "Jobs.double", number=1))
    _go_on.set()
    deadline = time.monotonic() + 60
    while True:
        try:
            assert session.post("Jobs.double", {"number": 1}) == {"number": 2}
        except CommandError:
            assert time.monotonic() < deadline
        else:
            return


def test_what_a_call_does_is_not_recorded(session: Session) -> None:
    session.post("Network.enable")
    session.post("Jobs.double", {"number": 1})
    assert not [event for event in session.events if event.method.startswith("Network.")]


def test_so_many_commands_of_one_session_run_at_once_and_no_more(session: Session) -> None:
    errors: list[str] = []

    def ask() -> None:
        errors.append(str(failure(session, "Jobs.sleepForever")))

    threads = [threading.Thread(target=ask) for _ in range(MAX_RUNNING)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 60
    while sum(event.method == "Jobs.ticked" for event in session.events) < MAX_RUNNING:
        assert time.monotonic() < deadline
    assert "100 commands are running" in str(failure(session, "Jobs.nap", seconds=0))
    session.disconnect()
    for thread in threads:
        thread.join()
    assert set(errors) == {"this session is disconnected"}
