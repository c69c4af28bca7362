"""Traces: the protocol's messages in a file, and out of it again."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Protocol

import attrs
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.domains import Domain, Event, Exchange, Feed, command
from tapscope.agents.host.host import HostOptions
from tapscope.agents.host.inspector.tasks import Tasks
from tapscope.agents.host.recording import RecordingError
from tapscope.agents.host.replay import ReplayHost, TraceFile
from tapscope.agents.host.session.runner import LaterRunner
from tapscope.agents.link.messages import Frame, WorkFinished, WorkStarted
from tests.agents.host.programs import FrontEnd, HeaderList, make_host
from tests.agents.host.recorded import Json, RecordedTrace


@attrs.frozen
class Woken:
    """It is awake."""


class Sleeper(Domain):
    """Takes its time."""

    name = "Sleeper"
    events = (Woken,)

    @command
    async def enable(self) -> None:
        """Wake up."""
        await trio.lowlevel.checkpoint()
        super().enable()
        self.send(Woken())


@attrs.frozen
class Seen:
    """Somebody has come by."""


class WatchmanFeed(Feed):
    """Tells who comes by."""

    def recorded(self, exchange: Exchange, event: Event) -> None:
        """Tell of the beginning."""
        if event is exchange.start:
            self.send(Seen())


class Watchman(Domain):
    """Sees who comes by."""

    name = "Watchman"
    events = (Seen,)
    lifecycles = ("http.client",)
    feed = WatchmanFeed


TEXT: HeaderList = ((b"Content-Type", b"text/plain"),)
SECRETS: HeaderList = (
    (b"Cookie", b"sesame=1"),
    (b"Authorization", b"Bearer sesame"),
    (b"Set-Cookie", b"sesame=2"),
)

HEADER = (
    b'{"format":"tapscope-trace","version":1,"creator":"","title":"","url":"",'
    b'"protocol":{"domains":[]}}\n'
)


@pytest.fixture
def recorded(tmp_path: Path) -> RecordedTrace:
    return RecordedTrace(tmp_path)


def some_work(recorded: RecordedTrace) -> None:
    """A request with bodies and a stack, and something that is no HTTP."""
    program = recorded.program
    program.define_stack(5, Frame("buy", __file__, 12, 4))
    program.start(1, method="POST", stack=5)
    program.send(1, b"please")
    program.respond(1, headers=TEXT)
    program.receive(1, b"thank you")
    program.finish(1)
    at = program.tick()
    program.say(WorkStarted(2, at, "database", 0, "main", None, b""), WorkFinished(2, at, b""))


class Replayed(Protocol):
    """Gives a front end of a trace."""

    def __call__(self, path: Path) -> FrontEnd: ...


@pytest.fixture
def replayed() -> Iterator[Replayed]:
    with ExitStack() as ending:

        def replay(path: Path) -> FrontEnd:
            trace = ending.enter_context(closing(TraceFile.open(str(path))))
            return FrontEnd(
                ReplayHost(HostOptions(id="ca11ab1e", token="", title=trace.header.title), trace)
            )

        yield replay


def domain(front_end: FrontEnd, name: str) -> list[Json]:
    return [event for event in front_end.take_all() if event["method"].startswith(f"{name}.")]


def test_a_trace_holds_the_protocol_s_own_messages(recorded: RecordedTrace) -> None:
    """Each event in a line of its own, as a front end of that time has got it."""
    live = FrontEnd(recorded.host)
    live.ask("Network.enable")
    some_work(recorded)
    events = [line for line in recorded.lines() if "method" in line]
    of_network = [event for event in events if event["method"].startswith("Network.")]
    assert of_network == domain(live, "Network")


def test_a_replayed_trace_looks_like_the_program(
    recorded: RecordedTrace, replayed: Replayed
) -> None:
    """A front end gets the same events, bodies and sources as one that was there."""
    live = FrontEnd(recorded.host)
    for name in ("Network", "Debugger", "Runtime"):
        live.ask(f"{name}.enable")
    some_work(recorded)
    again = [("Network.getResponseBody", "1.1"), ("Network.getRequestPostData", "1.1")]
    bodies = [live.ask(method, requestId=id_) for method, id_ in again]
    source = live.ask("Debugger.getScriptSource", scriptId="1")
    recorded.finish()
    late = replayed(recorded.path)
    for name in ("Network", "Debugger", "Runtime"):
        late.ask(f"{name}.enable")
        assert without_maps(domain(late, name)) == without_maps(domain(live, name))
    assert [late.ask(method, requestId=id_) for method, id_ in again] == bodies
    assert late.ask("Debugger.getScriptSource", scriptId="1") == source


def without_maps(events: list[Json]) -> list[Json]:
    return [
        {**event, "params": {**event["params"], "sourceMapURL": None}}
        if event["method"] == "Debugger.scriptParsed"
        else event
        for event in events
    ]


def test_sources_are_within_a_trace(recorded: RecordedTrace, replayed: Replayed) -> None:
    """Who replays it has no files to load them from."""
    some_work(recorded)
    source = FrontEnd(recorded.host).ask("Debugger.getScriptSource", scriptId="1")["scriptSource"]
    recorded.finish()
    late = replayed(recorded.path)
    late.ask("Debugger.enable")
    [told] = late.told("scriptParsed")
    prefix, _, data = told["sourceMapURL"].partition(",")
    assert prefix == "data:application/json;base64"
    assert json.loads(base64.b64decode(data))["sourcesContent"] == [source.removesuffix("\n#")]


def test_a_body_is_there_whatever_the_host_forgets(recorded: RecordedTrace) -> None:
    """It is asked for as the request ends."""
    some_work(recorded)
    asked = [line["command"] for line in recorded.lines() if "command" in line]
    assert {"method": "Network.getResponseBody", "params": {"requestId": "1.1"}} in asked


def test_a_body_is_asked_for_in_the_end_if_it_has_not_ended(
    recorded: RecordedTrace, replayed: Replayed
) -> None:
    """What there is of it is better than nothing."""
    recorded.program.start(1)
    recorded.program.respond(1, headers=TEXT)
    recorded.program.receive(1, b"so far")
    recorded.recording.finish()
    late = replayed(recorded.path)
    assert late.ask("Network.getResponseBody", requestId="1.1")["body"] == "so far"


def test_secrets_are_left_out_of_every_message(tmp_path: Path) -> None:
    """Of maps, of lists, and of the heads' texts."""
    recorded = RecordedTrace(tmp_path, secrets=False)
    for domain_name in ("Network", "PythonNetwork"):
        FrontEnd(recorded.host).ask(f"{domain_name}.enable")
    recorded.program.start(1, headers=(*SECRETS, (b"X-Harmless", b"yes")))
    recorded.program.respond(1, headers=(*SECRETS, (b"X-Harmless", b"yes")))
    recorded.program.finish(1)
    text = "\n".join(map(json.dumps, recorded.lines()[1:]))
    assert "sesame" not in text
    assert "X-Harmless" in text


def test_secrets_are_there_if_asked_for(recorded: RecordedTrace) -> None:
    """Then nothing is changed at all."""
    recorded.program.start(1, headers=SECRETS)
    assert "sesame=1" in "\n".join(map(json.dumps, recorded.lines()))


def test_exchanges_of_all_kinds_are_counted(recorded: RecordedTrace) -> None:
    """A row of a database is one, a redirect makes no second."""
    some_work(recorded)
    recorded.program.exchange(3, status=302)
    recorded.program.exchange(4, redirected_from=3)
    assert recorded.finish().exchanges == 3


def test_a_domain_that_takes_its_time_to_begin_is_within_a_trace(
    tmp_path: Path, replayed: Replayed
) -> None:
    """Also if that begins before there is anything that could run it."""
    host, runner = make_host(), LaterRunner()
    host.add_domain(Sleeper)
    recorded = RecordedTrace(tmp_path, host=host, runner=runner)

    async def run() -> None:
        async with trio.open_nursery() as nursery:
            runner.begin(Tasks(nursery))

    trio.run(run)
    recorded.finish()
    late = replayed(recorded.path)
    assert late.ask("Sleeper.enable") == {}
    assert len(late.told("woken")) == 1


def test_a_domain_that_comes_later_is_within_a_trace_from_then_on(
    tmp_path: Path, replayed: Replayed
) -> None:
    """Before anything happens that it might tell."""
    recorded = RecordedTrace(tmp_path)
    recorded.host.add_domain(Watchman)
    recorded.program.start(1)
    recorded.finish()
    late = replayed(recorded.path)
    late.ask("Watchman.enable")
    assert len(late.told("seen")) == 1


def test_each_front_end_gets_all_of_it(recorded: RecordedTrace, replayed: Replayed) -> None:
    """And again, if it enables a domain again."""
    some_work(recorded)
    recorded.finish()
    first = replayed(recorded.path)
    first.ask("Network.enable")
    events = list(domain(first, "Network"))
    assert events
    second = FrontEnd(first.host)
    second.ask("Network.enable")
    assert domain(second, "Network") == events
    second.ask("Network.disable")
    second.ask("Network.enable")
    assert domain(second, "Network") == events * 2


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("Network.streamResourceContent", "the trace has no answer to this"),
        ("Network.fly", "wasn't found"),
        ("Nothing.enable", "wasn't found"),
    ],
)
def test_what_was_not_asked_then_has_no_answer(
    recorded: RecordedTrace, replayed: Replayed, method: str, reason: str
) -> None:
    """The error tells a command that is unknown from one that nobody has asked."""
    recorded.finish()
    assert reason in replayed(recorded.path).refusal(method, requestId="1.1")["message"]


def test_a_front_end_may_tell_the_program_to_run(
    recorded: RecordedTrace, replayed: Replayed
) -> None:
    """DevTools' js_app.html does so; there is nobody to hear it."""
    recorded.finish()
    assert replayed(recorded.path).ask("Runtime.runIfWaitingForDebugger") == {}


def test_the_target_and_the_protocol_are_those_of_then(
    recorded: RecordedTrace, replayed: Replayed
) -> None:
    """Also if the replaying tapscope has other domains."""
    then = json.loads(recorded.host.protocol())
    recorded.finish()
    host = replayed(recorded.path).host
    assert json.loads(host.protocol()) == then
    assert [target.title for target in host.targets()] == ["python"]


def test_a_line_that_was_cut_off_is_left_out(recorded: RecordedTrace) -> None:
    """The recorder was killed; what it has written before counts."""
    some_work(recorded)
    recorded.finish()
    data = recorded.path.read_bytes()
    recorded.path.write_bytes(data[:-10])
    with closing(TraceFile.open(str(recorded.path))) as trace:
        assert trace.lines == data.count(b"\n") - 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is no trace"),
        (b'{"log": {}}\n', "it is no trace"),
        (b"\x7fELF", "it is no trace"),
        (HEADER.replace(b":1,", b":2,"), "it is a tapscope-trace of version 2"),
        (HEADER.replace(b"[]", b"[1]"), "its description of the protocol makes no sense"),
        (HEADER + b"{}\n", "line 2 is neither an event nor an answer"),
    ],
)
def test_what_is_no_trace_is_told(tmp_path: Path, content: bytes, reason: str) -> None:
    """With the file's name."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=f"can't replay .*x.jsonl: {reason}"):
        TraceFile.open(str(path))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """As any other that can't be read."""
    with pytest.raises(RecordingError, match=r"can't read .*: No such file or directory"):
        TraceFile.open(str(tmp_path / "x.jsonl"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["method", "params", "command", "result"]) | st.text(), inner
    ),
)  # fmt: skip


@given(st.lists(st.binary() | json_values.map(lambda value: json.dumps(value).encode())))
def test_whatever_stands_in_a_file_is_replayed_or_refused(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    """There is no third way, for a file that somebody has edited."""
    path: Any = tmp_path_factory.mktemp("trace") / "x.jsonl"
    path.write_bytes(HEADER + b"".join(line + b"\n" for line in lines))
    try:
        trace = TraceFile.open(str(path))
    except RecordingError:
        return
    with closing(trace):
        front_end = FrontEnd(ReplayHost(HostOptions(id="ca11ab1e", token="", title=""), trace))
        for line in lines:
            front_end.session.receive(line.decode("utf-8", "replace"))
