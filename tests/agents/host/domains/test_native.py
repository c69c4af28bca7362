"""The Native domain, on events as integrations of native code publish them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tapscope.agents import Session
from tapscope.agents.session import CommandError
from tapscope.channels import clock
from tapscope.channels.calling import NativeCall, NativeFunction
from tapscope.channels.counting import CallCounter
from tapscope.channels.delivery import gather
from tapscope.channels.testing import fake_clock

RUN = NativeFunction("backend", "js__run", "extension")


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as session:
        session.post("Native.enable")
        session.post("Network.enable")
        yield session


_started: list[NativeCall] = []


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """Have every call return that a test has left, as it is the parent of what comes next."""
    yield
    while _started:
        _started.pop().returned(None)


def start(function: NativeFunction = RUN, *arguments: object, **keywords: object) -> NativeCall:
    call = NativeCall.start(function, arguments, keywords)
    assert call is not None
    _started.append(call)
    return call


def told(session: Session, method: str) -> list[Mapping[str, Any]]:
    return [event.params for event in session.events if event.method == method]


def test_a_call_is_told_as_it_begins_with_all_that_is_known(session: Session) -> None:
    start(NativeFunction("backend", "js__run", "ctypes", locked=True), 1, "two", fast=True)
    [started] = told(session, "Native.callStarted")
    call = started["call"]
    assert (call["library"], call["function"], call["kind"]) == ("backend", "js__run", "ctypes")
    assert (call["arguments"], call["keywords"]) == ([1, "two"], {"fast": True})
    assert call["locked"] is True
    assert call["thread"] == "MainThread"


def test_a_call_that_goes_on_is_listed_with_how_long_it_has(session: Session) -> None:
    call = start()
    [running] = session.post("Native.getRunning")["calls"]
    assert running["elapsed"] >= 0
    call.returned(None)
    assert session.post("Native.getRunning")["calls"] == []


def test_the_end_tells_how_long_it_took_and_the_result(session: Session) -> None:
    with fake_clock() as time:
        call = start()
        time.advance(seconds=3 / 1000)
        call.returned({"ok": [1]}, errno=2)
    [finished] = told(session, "Native.callFinished")
    assert finished["duration"] == pytest.approx(3)
    assert (finished["result"], finished["errno"]) == ({"ok": [1]}, 2)


def test_an_error_is_told_by_type_and_message(session: Session) -> None:
    start().fail(ValueError("broken"))
    [failed] = told(session, "Native.callFailed")
    assert failed["errorText"] == "ValueError: broken"


def test_a_call_is_a_row_with_arguments_and_result(session: Session) -> None:
    call = start(NativeFunction("/usr/lib/libz.so.1", "crc32", "ctypes", locked=False), b"abc", 3)
    call.returned(7)
    [row] = told(session, "Network.requestWillBeSent")
    assert row["request"]["url"] == "ffi://libz.so.1/crc32"
    assert row["request"]["method"] == "CALL"
    assert row["request"]["headers"]["Library"] == "/usr/lib/libz.so.1"
    assert row["request"]["headers"]["Interpreter-Lock"] == "released"
    assert row["type"] == "Other"
    request = {"requestId": row["requestId"]}
    payload = json.loads(session.post("Network.getRequestPostData", request)["postData"])
    assert payload == {"arguments": ["abc", 3]}
    assert session.post("Network.getResponseBody", request)["body"] == "7"
    response = told(session, "Network.responseReceived")[-1]["response"]
    assert response["mimeType"] == "application/ffi"


def test_a_call_that_failed_has_the_traceback_for_its_body(session: Session) -> None:
    def raise_deep() -> None:
        raise KeyError("deep")

    call = start()
    try:
        raise_deep()
    except KeyError as error:
        call.fail(error)
    start().fail(ValueError("plain"))
    bodies: list[str] = []
    for failed in told(session, "Network.loadingFinished"):
        request = {"requestId": failed["requestId"]}
        bodies.append(session.post("Network.getResponseBody", request)["body"])
    deep, plain = bodies
    assert deep.startswith("Traceback (most recent call last):\n")
    assert "in start\n" in deep
    assert deep.endswith("in raise_deep\n    raise KeyError(\"deep\")\nKeyError: 'deep'")
    assert plain.endswith("in start\nValueError: plain")
    last = told(session, "Network.responseReceived")[-1]["response"]
    assert (last["status"], last["statusText"]) == (500, "ValueError: plain")
    assert told(session, "Network.loadingFailed") == []


def test_a_call_that_was_cancelled_is_shown_so(session: Session) -> None:
    start().fail(asyncio.CancelledError())
    [row] = told(session, "Network.loadingFailed")
    assert row["canceled"] is True


def test_what_it_calls_back_is_an_event_stream(session: Session) -> None:
    call = start()
    call.open_stream()
    call.called_back("on_progress", (50,))
    call.returned(1)
    assert told(session, "Network.loadingFinished") == []
    call.called_back("on_progress", (100,))
    call.close_stream()
    [one, other] = told(session, "Network.eventSourceMessageReceived")
    assert (one["eventName"], one["data"]) == ("on_progress", "[50]")
    assert other["data"] == "[100]"
    response = told(session, "Network.responseReceived")[-1]
    assert response["type"] == "EventSource"
    assert response["response"]["mimeType"] == "text/event-stream"
    assert response["response"]["statusText"] == "2 items"
    assert len(told(session, "Network.loadingFinished")) == 1
    body = session.post("Network.getResponseBody", {"requestId": one["requestId"]})["body"]
    assert body == (
        "event: on_progress\ndata: [50]\n\n"
        "event: on_progress\ndata: [100]\n\n"
        "event: returned\ndata: 1\n\n"
    )


def test_items_come_one_by_one_and_at_once(session: Session) -> None:
    call = start()
    call.open_stream()
    for number in range(3):
        call.called_back("", number)
        assert len(told(session, "Network.eventSourceMessageReceived")) == number + 1


def test_a_front_end_that_comes_late_gets_the_whole_stream(session: Session) -> None:
    call = start()
    call.open_stream()
    for number in range(3):
        call.called_back("", number)
    session.post("Network.disable")
    session.post("Network.enable")
    items = told(session, "Network.eventSourceMessageReceived")
    assert [item["data"] for item in items] == ["0", "1", "2"] * 2
    assert items[0]["timestamp"] == items[3]["timestamp"]
    call.returned(None)
    call.close_stream()


def test_calls_that_are_only_counted_are_one_row_that_says_how_many(session: Session) -> None:
    counter = CallCounter(RUN)
    for _ in range(3):
        counter.leave(counter.enter(clock.now(), (), {}), failed=False)
    gather(last=True)
    [row] = told(session, "Network.requestWillBeSent")
    assert (row["request"]["method"], row["request"]["url"]) == ("CALLS", "ffi://backend/js__run")
    response = told(session, "Network.responseReceived")[-1]["response"]
    assert response["statusText"] == "3 calls"
    body = session.post("Network.getResponseBody", {"requestId": row["requestId"]})["body"]
    assert (json.loads(body)["calls"], json.loads(body)["failed"]) == (3, 0)
    [counted] = told(session, "Native.callsCounted")
    assert counted["calls"] == 3


def test_a_call_inside_of_another_has_it_for_its_initiator(session: Session) -> None:
    outer = start()
    start(NativeFunction("backend", "js__inner", "extension")).returned(None)
    outer.returned(None)
    inner = told(session, "Network.requestWillBeSent")[1]
    assert inner["initiator"]["url"] == "ffi://backend/js__run"


def test_a_slow_call_is_a_line_of_the_console_that_leads_to_its_row(session: Session) -> None:
    session.post("Runtime.enable")
    session.post("Log.enable")
    slow = NativeFunction("backend", "js__run", "extension", slow_after=2_000_000)
    with fake_clock() as time:
        for milliseconds in (1, 3):
            call = start(slow)
            time.advance(seconds=milliseconds / 1000)
            call.returned(None)
    [line] = told(session, "Log.entryAdded")
    assert line["entry"]["level"] == "warning"
    assert "3.0 ms" in line["entry"]["text"]
    assert line["entry"]["networkRequestId"] == f"1.{call.id}"


def test_a_slow_call_is_a_line_of_the_console_while_it_goes_on_and_one_when_it_ends(
    session: Session,
) -> None:
    session.post("Runtime.enable")
    session.post("Log.enable")
    call = start(NativeFunction("backend", "js__run", "extension", slow_after=1))
    quick = start(NativeFunction("backend", "js__quick", "extension", slow_after=10**15))
    told(session, "Log.entryAdded")  # what has not ended at one look may have by the next
    for _ in range(2):
        [line] = told(session, "Log.entryAdded")
        assert line["entry"]["networkRequestId"] == f"1.{call.id}"
        assert "(going on for " in line["entry"]["text"]
    quick.returned(None)
    call.returned(None)
    _, line = told(session, "Log.entryAdded")
    assert " ms): ffi://backend/js__run" in line["entry"]["text"]


def test_a_front_end_that_comes_late_is_told_of_slow_calls_with_a_link(session: Session) -> None:
    call = start(NativeFunction("backend", "js__run", "extension", slow_after=1))
    call.returned(None)
    session.post("Log.enable")
    session.post("Runtime.enable")
    told(session, "Log.entryAdded")
    for _ in range(2):
        [line] = told(session, "Log.entryAdded")
        assert line["entry"]["networkRequestId"] == f"1.{call.id}"


def test_a_call_whose_function_has_returned_is_not_slow_for_its_stream(session: Session) -> None:
    session.post("Log.enable")
    session.post("Runtime.enable")
    call = start(NativeFunction("backend", "js__run", "extension", slow_after=10**9))
    call.open_stream()
    with fake_clock() as time:
        call.returned(None)
        time.advance(seconds=100)
        call.close_stream()
    assert told(session, "Log.entryAdded") == []


def test_a_call_that_goes_on_is_told_once_when_it_reaches_the_threshold(session: Session) -> None:
    session.post("Native.setSlowThreshold", {"milliseconds": 0})
    call = start()
    told(session, "Native.slowCall")  # likewise
    assert [one["call"]["callId"] for one in told(session, "Native.slowCall")] == [f"1.{call.id}"]
    call.returned(None)
    assert len(told(session, "Native.slowCall")) == 1


def test_the_threshold_can_be_set_by_a_front_end(session: Session) -> None:
    session.post("Native.setSlowThreshold", {"milliseconds": 0})
    start().returned(None)
    session.post("Native.setSlowThreshold")
    start().returned(None)
    assert len(told(session, "Native.slowCall")) == 1
    with pytest.raises(CommandError):
        session.post("Native.setSlowThreshold", {"milliseconds": -1})


def test_statistics_are_kept_for_each_function(session: Session) -> None:
    with fake_clock() as time:
        for milliseconds in (1, 2, 10):
            call = start()
            time.advance(seconds=milliseconds / 1000)
            call.returned(None)
        start(NativeFunction("backend", "js__other", "extension")).fail(ValueError())
    run, other = session.post("Native.getStatistics")["statistics"]
    assert (run["function"], run["count"], run["failed"]) == ("js__run", 3, 0)
    assert run["total"] == pytest.approx(13)
    assert run["p50"] == pytest.approx(2, rel=0.02)
    assert run["p95"] == pytest.approx(10, rel=0.02)
    assert run["max"] == pytest.approx(10)
    assert (other["function"], other["failed"]) == ("js__other", 1)
    session.post("Native.resetStatistics")
    assert session.post("Native.getStatistics")["statistics"] == []
