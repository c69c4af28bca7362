from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.host import HostOptions
from tapscope.agents.host.protocol.errors import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    SERVER_ERROR,
    SESSION_NOT_FOUND,
)
from tapscope.agents.host.session.outbox import MAX_BYTES
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host, watching


def reply(text: str) -> dict[str, Any]:
    """The one answer to *text*."""
    front_end = FrontEnd(make_host())
    front_end.session.receive(text)
    [answer] = front_end.session.take()
    result: dict[str, Any] = json.loads(answer)
    return result


def test_the_codes_are_those_of_json_rpc_and_of_cdp() -> None:
    assert (PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND) == (-32700, -32600, -32601)
    assert (INVALID_PARAMS, INTERNAL_ERROR) == (-32602, -32603)
    assert (SERVER_ERROR, SESSION_NOT_FOUND) == (-32000, -32001)


@pytest.mark.parametrize(
    ("text", "code", "number"),
    [
        ("", -32700, None),
        ("{", -32700, None),
        ("nonsense", -32700, None),
        ("{'id': 1}", -32700, None),
        ('{"id": 1, "method": "Network.enable"', -32700, None),
        ('"\\ud800"', -32700, None),
        ("\ud800", -32700, None),
        ("[" * 100_000, -32700, None),
        ("[]", -32600, None),
        ("null", -32600, None),
        ("1", -32600, None),
        ('"Network.enable"', -32600, None),
        ("{}", -32600, None),
        ('{"method": "Network.enable"}', -32600, None),
        ('{"id": "1", "method": "Network.enable"}', -32600, None),
        ('{"id": 1.5, "method": "Network.enable"}', -32600, None),
        ('{"id": true, "method": "Network.enable"}', -32600, None),
        ('{"id": null, "method": "Network.enable"}', -32600, None),
        ('{"id": 1}', -32600, 1),
        ('{"id": 1, "method": 5}', -32600, 1),
        ('{"id": 1, "method": "Network.enable", "params": []}', -32600, 1),
        ('{"id": 1, "method": "Network.enable", "params": null}', -32600, 1),
        ('{"id": 1, "method": "Network.enable", "sessionId": "x"}', -32001, 1),
        ('{"id": 1, "method": "Network.enable", "sessionId": 7}', -32001, 1),
        ('{"id": 1, "method": "Network.nothing"}', -32601, 1),
        ('{"id": 1, "method": "Nothing.enable"}', -32601, 1),
        ('{"id": 1, "method": "enable"}', -32601, 1),
        ('{"id": 1, "method": ""}', -32601, 1),
        ('{"id": 1, "method": "Network."}', -32601, 1),
        ('{"id": 1, "method": "Network.enable.x"}', -32601, 1),
        ('{"id": 1, "method": "Network.close"}', -32601, 1),
        ('{"id": 1, "method": "Network.tell"}', -32601, 1),
        ('{"id": 1, "method": "Network.__init__"}', -32601, 1),
        ('{"id": 1, "method": "Network.get_response_body"}', -32601, 1),
        ('{"id": 1, "method": "Network.getResponseBody"}', -32602, 1),
        ('{"id": 1, "method": "Network.getResponseBody", "params": {"requestId": 1}}', -32602, 1),
        ('{"id": 1, "method": "Network.getResponseBody", "params": {"requestId": null}}',
         -32602, 1),
        ('{"id": 1, "method": "Network.enable", "params": {"maxTotalBufferSize": "1"}}',
         -32602, 1),
        ('{"id": 1, "method": "Network.enable", "params": {"maxTotalBufferSize": true}}',
         -32602, 1),
        ('{"id": 1, "method": "Network.enable", "params": {"maxTotalBufferSize": 1.5}}',
         -32602, 1),
        ('{"id": 1, "method": "Network.getResponseBody", "params": {"requestId": "1.1"}}',
         -32000, 1),
        ('{"id": 1, "method": "Debugger.getScriptSource", "params": {"scriptId": "1"}}',
         -32000, 1),
    ],
)  # fmt: skip
def test_what_makes_no_sense_gets_an_error(text: str, code: int, number: int | None) -> None:
    answer = reply(text)
    assert answer["error"]["code"] == code
    assert answer["error"]["message"]
    assert answer.get("id") == number
    assert "result" not in answer


@pytest.mark.parametrize(
    "text",
    [
        '{"id": 1, "method": "Network.enable"}',
        '{"id": 1, "method": "Network.enable", "params": {}}',
        '{"id": 1, "method": "Network.enable", "params": {"maxTotalBufferSize": 5}}',
        '{"id": 1, "method": "Network.enable", "params": {"maxTotalBufferSize": null}}',
        '{"id": 1, "method": "Network.enable", "params": {"fromTheFuture": [1]}}',
        '{"id": 1, "method": "Network.enable", "fromTheFuture": [1]}',
        '{"id": 1, "method": "Network.disable"}',
        '{"id": 1, "method": "Runtime.enable"}',
        '{"id": 1, "method": "Runtime.runIfWaitingForDebugger"}',
    ],
)
def test_a_command_without_a_result_answers_an_empty_one(text: str) -> None:
    assert reply(text) == {"id": 1, "result": {}}


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**53, 2**63])
def test_every_integer_is_an_id(number: int) -> None:
    text = json.dumps({"id": number, "method": "Network.disable"})
    assert reply(text) == {"id": number, "result": {}}


def test_an_error_says_which_parameter_is_wrong_and_what_it_was() -> None:
    front_end = FrontEnd(make_host())
    message = front_end.refusal("Network.getResponseBody", requestId=17)["message"]
    assert "requestId" in message
    assert "17" in message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=10,
)
METHODS = st.sampled_from(
    ["Network.enable", "Network.getResponseBody", "Network.getRequestPostData", "Network.disable",
     "Network.streamResourceContent", "Debugger.getScriptSource", "Debugger.enable",
     "Runtime.enable", "Schema.getDomains"]
)  # fmt: skip


@given(
    JSON
    | st.fixed_dictionaries(
        {"id": st.integers(0, 9) | JSON, "method": METHODS | JSON},
        optional={
            "params": JSON
            | st.dictionaries(
                st.sampled_from(["requestId", "scriptId", "maxTotalBufferSize"]), JSON
            ),
            "sessionId": JSON,
        },
    )
)
def test_every_json_gets_exactly_one_answer(message: Any) -> None:
    front_end = FrontEnd(make_host())
    front_end.session.receive(json.dumps(message))
    taken = [json.loads(text) for text in front_end.session.take()]
    assert sum("method" not in text for text in taken) == 1


@given(st.text())
def test_no_text_is_an_exception(text: str) -> None:
    assert reply(text)["error"]["code"] in (PARSE_ERROR, INVALID_REQUEST)


def test_a_text_of_ten_megabytes_is_answered() -> None:
    text = json.dumps({"id": 1, "method": "Network." + "x" * 10_000_000})
    assert reply(text)["error"]["code"] == METHOD_NOT_FOUND


def test_answers_come_in_the_order_of_the_commands() -> None:
    front_end = FrontEnd(make_host())
    for _ in range(10):
        front_end.say("Network.enable")
    front_end.take_all()
    assert list(front_end.answers) == list(range(1, 11))


def test_the_front_end_is_woken_when_there_is_something_to_take() -> None:
    host = make_host()
    front_end = FrontEnd(host)
    program = FakeProgram(host)
    before = front_end.wakes
    front_end.say("Network.enable")
    assert front_end.wakes > before
    front_end.take_all()
    before = front_end.wakes
    program.start(1)
    assert front_end.wakes > before


def test_a_take_gives_about_as_much_as_it_was_asked_for() -> None:
    host = make_host()
    program = FakeProgram(host)
    for number in range(1, 50):
        program.exchange(number)
    front_end = FrontEnd(host)
    front_end.say("Network.enable")
    assert len(front_end.session.take(1)) == 1
    some = front_end.session.take(5000)
    assert 5000 <= sum(map(len, some)) < 15_000


def test_a_front_end_that_does_not_read_overflows_and_grows_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tapscope.agents.host.session.outbox.MAX_BYTES", 20_000)
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    number = 0
    while not front_end.session.overflowed:
        number += 1
        program.exchange(number)
    for later in range(number + 1, number + 200):
        program.exchange(later)
        front_end.session.receive('{"id": 1, "method": "Network.enable"}')
    waiting = 0
    while taken := front_end.session.take():
        waiting += sum(map(len, taken))
    assert 20_000 < waiting < 25_000


def test_one_front_end_that_does_not_read_does_not_disturb_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tapscope.agents.host.session.outbox.MAX_BYTES", 20_000)
    host = make_host()
    idle, busy, program = watching(host), watching(host), FakeProgram(host)
    for number in range(1, 100):
        program.exchange(number)
        busy.take_all()
    assert idle.session.overflowed
    assert not busy.session.overflowed
    assert len(busy.told("loadingFinished")) == 99


def test_one_answer_may_be_longer_than_what_may_wait() -> None:
    host = make_host()
    front_end, program = FrontEnd(host), FakeProgram(host)
    program.start(1)
    program.respond(1, headers=((b"Content-Type", b"text/plain"),))
    for _ in range(5):
        program.receive(1, b"\1" * 1_000_000)
    program.finish(1)
    for _ in range(MAX_BYTES // 30_000_000):
        assert len(front_end.ask("Network.getResponseBody", requestId="1.1")["body"]) == 5_000_000
    assert not front_end.session.overflowed


def test_a_command_that_fails_in_an_unforeseen_way_is_answered(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    host = make_host()
    front_end = FrontEnd(host)
    monkeypatch.setattr(host.target, "exchange", int)
    error = front_end.refusal("Network.getResponseBody", requestId="1.1")
    assert error["code"] == INTERNAL_ERROR
    assert "getResponseBody" in caplog.text


def test_a_front_end_that_left_is_told_no_more() -> None:
    host = make_host()
    front_end, program = watching(host), FakeProgram(host)
    front_end.take_all()
    front_end.session.close()
    front_end.session.close()
    program.exchange(1)
    assert front_end.session.take() == []
    assert host.sessions == 0


def test_the_host_says_when_front_ends_and_programs_come_and_go() -> None:
    host = make_host()
    seen: list[tuple[int, int]] = []
    host.on_change = lambda: seen.append((host.programs, host.sessions))
    assert not host.ever_linked
    front_end = FrontEnd(host)
    program = FakeProgram(host)
    front_end.session.close()
    program.end()
    assert seen == [(0, 1), (1, 1), (1, 0), (0, 0)]
    assert host.ever_linked


def test_the_schema_lists_the_domains() -> None:
    domains = FrontEnd(make_host()).ask("Schema.getDomains")["domains"]
    assert {"name": "Network", "version": "1.3"} in domains


def test_options_do_not_show_their_secret() -> None:
    assert "5ca1ab1e" not in repr(HostOptions(id="shop", token="5ca1ab1e"))
