from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.api import target as target_module
from tapscope.agents.host.host import Host
from tapscope.agents.link import Decoder, Encoder, LinkError
from tapscope.agents.link.messages import (
    MAGIC,
    Dropped,
    Goodbye,
    Hello,
    Message,
    Refused,
)
from tests.agents.host.programs import TOKEN, FakeProgram, FrontEnd, make_host, watching
from tests.agents.link.samples import MESSAGE


def console(host: Host) -> list[str]:
    """What the Console of a front end that comes now shows."""
    front_end = FrontEnd(host)
    front_end.ask("Runtime.enable")
    return [told["args"][0]["value"] for told in front_end.told("consoleAPICalled")]


def opening(*messages: Message) -> bytes:
    encoder = Encoder()
    for message in messages:
        encoder.add_message(message)
    return MAGIC + encoder.take()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GET / HTTP/1.1\r\n", "stranger"),
        (MAGIC.replace(b"1", b"9"), "version"),
        (opening(Hello("wrong", "program", 1)), "token"),
        (opening(Hello("", "program", 1)), "token"),
        (opening(Hello("sécret", "program", 1)), "token"),
        (opening(Hello(TOKEN, "spy", 1)), "'spy'"),
        (opening(Goodbye()), "Hello first"),
        (MAGIC + b"\xc1", "not a message"),
    ],
)
def test_a_stranger_is_refused_with_the_reason_and_counts_for_nothing(
    data: bytes, reason: str
) -> None:
    host = make_host()
    heard: list[bytes] = []
    peer = host.link(heard.append)
    with pytest.raises(LinkError, match=reason):
        peer.receive(data)
    [refused] = Decoder(magic=False).feed(b"".join(heard))
    assert isinstance(refused, Refused)
    assert reason in refused.reason
    assert (host.programs, host.keepers, host.ever_linked) == (0, 0, False)
    peer.close()
    assert console(host) == []


def test_a_program_counts_until_its_link_is_closed() -> None:
    host = make_host()
    program = FakeProgram(host)
    assert (host.programs, host.ever_linked) == (1, True)
    program.peer.close()
    program.peer.close()
    assert host.programs == 0
    assert len(console(host)) == 1


def test_a_keeper_counts_as_one_and_is_no_program() -> None:
    host = make_host()
    keeper = host.link(lambda _: None)
    keeper.receive(opening(Hello(TOKEN, "keeper", 1)))
    assert (host.keepers, host.programs, host.ever_linked) == (1, 0, False)
    keeper.close()
    assert host.keepers == 0
    assert console(host) == []


def test_a_program_that_ends_leaves_no_exchange_open() -> None:
    host = make_host()
    live, program = watching(host), FakeProgram(host)
    program.exchange(1)
    program.start(2)
    program.start(3)
    program.respond(3)
    program.end()
    for front_end in (live, watching(host)):
        told = front_end.told("loadingFailed")
        assert [each["requestId"] for each in told] == ["1.2", "1.3"]
        assert {each["errorText"] for each in told} == {"the program has ended"}
        assert not any(each.get("canceled") for each in told)
    assert console(host) == ["tapscope: the program (pid 7) has ended"]


def test_a_program_that_is_killed_is_told_as_such_and_what_it_said_stays() -> None:
    host = make_host()
    program = FakeProgram(host)
    program.start(1)
    program.respond(1)
    program.receive(1, b"half")
    program.die()
    front_end = watching(host)
    [told] = front_end.told("loadingFailed")
    assert told["errorText"] == "the program was killed or crashed"
    assert front_end.ask("Network.getResponseBody", requestId="1.1")["body"] == "half"
    assert console(host) == ["tapscope: the program (pid 7) was killed or crashed"]


def test_a_program_that_could_not_tell_everything_did_not_crash() -> None:
    host = make_host()
    program = FakeProgram(host)
    program.start(1)
    program.say(Goodbye(12_345))
    program.die()
    how = "has ended, and the last 12,345 events were not taken from it in time"
    [told] = watching(host).told("loadingFailed")
    assert told["errorText"] == f"the program {how}"
    assert console(host) == [f"tapscope: the program (pid 7) {how}"]


def test_the_end_of_one_program_leaves_the_exchanges_of_another_open() -> None:
    host = make_host()
    front_end = watching(host)
    one, other = FakeProgram(host), FakeProgram(host)
    one.start(1)
    other.start(1)
    one.die()
    assert [told["requestId"] for told in front_end.told("loadingFailed")] == ["1.1"]


def test_what_was_dropped_is_shown_each_time_that_it_has_doubled_and_in_the_end() -> None:
    host = make_host()
    program = FakeProgram(host)
    for count in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11):
        program.say(Dropped(count, 1000))
    program.end()
    shown = [text for text in console(host) if "not shown" in text]
    counts = ["0", "1", "2", "4", "8", "11"]
    assert [text.partition("shown: ")[2] for text in shown] == [
        f"{count} exchanges, 1,000 bytes of bodies" for count in counts
    ]


def test_what_was_dropped_is_shown_to_front_ends_that_watch() -> None:
    host = make_host()
    front_end = FrontEnd(host)
    front_end.ask("Runtime.enable")
    FakeProgram(host).say(Dropped(1234, 0))
    [told] = front_end.told("consoleAPICalled")
    assert "1,234 exchanges" in told["args"][0]["value"]
    assert told["type"] == "warning"


def test_releasing_reaches_the_programs_and_nobody_else() -> None:
    host = make_host()
    program = FakeProgram(host)
    heard: list[bytes] = []
    keeper = host.link(heard.append)
    keeper.receive(opening(Hello(TOKEN, "keeper", 1)))
    host.link(heard.append)
    FrontEnd(host).ask("Runtime.runIfWaitingForDebugger")
    assert program.released
    assert heard == []


def test_a_front_end_may_release_a_program_that_has_not_linked_yet() -> None:
    host = make_host()
    FrontEnd(host).ask("Runtime.runIfWaitingForDebugger")
    assert FakeProgram(host).released


def test_programs_need_not_wait_while_a_front_end_stays_that_released_one() -> None:
    host = make_host()
    FakeProgram(host)
    front_end = FrontEnd(host)
    assert not FakeProgram(host).released
    front_end.ask("Runtime.runIfWaitingForDebugger")
    assert FakeProgram(host).released
    front_end.session.close()
    assert not FakeProgram(host).released


@given(st.lists(MESSAGE, max_size=12))
def test_a_program_that_says_anything_harms_nobody(messages: list[Message]) -> None:
    host = make_host()
    live = watching(host)
    program, other = FakeProgram(host), FakeProgram(host)
    try:
        program.say(*messages)
    except LinkError:
        program.die()
    other.exchange(1, b"body")
    for front_end in (live, watching(host)):
        front_end.ask("Debugger.enable")
        front_end.ask("Runtime.enable")
        ids = [told["requestId"] for told in front_end.told("loadingFinished")]
        assert "2.1" in ids


def test_the_console_lists_the_programs() -> None:
    host = make_host()
    FakeProgram(host, pid=11)
    front_end = FrontEnd(host)
    front_end.ask("Runtime.enable")
    front_end.ask("Runtime.enable")
    FakeProgram(host, pid=12)
    contexts: list[dict[str, Any]] = [
        told["context"] for told in front_end.told("executionContextCreated")
    ]
    assert [context["name"] for context in contexts] == ["python[11]", "python[12]"]
    assert [context["auxData"]["isDefault"] for context in contexts] == [True, False]
    assert len({context["uniqueId"] for context in contexts}) == 2


def test_a_disabled_console_is_told_nothing() -> None:
    host = make_host()
    front_end = FrontEnd(host)
    front_end.ask("Runtime.enable")
    front_end.ask("Runtime.disable")
    FakeProgram(host).end()
    assert front_end.names() == []


def test_programs_that_come_and_go_are_forgotten_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(target_module, "MAX_PROCESSES", 10)
    host = make_host()
    stays = FakeProgram(host)
    for _ in range(100):
        FakeProgram(host).end()
    assert len(host.target.processes) == 10
    assert stays.peer.process in host.target.processes
    assert FakeProgram(host).peer.process not in host.target.processes[:-1]
    numbers = [process.number for process in host.target.processes]
    assert len(set(numbers)) == 10


def test_notices_are_bounded() -> None:
    host = make_host()
    for _ in range(500):
        FakeProgram(host).end()
    assert len(console(host)) == 200
