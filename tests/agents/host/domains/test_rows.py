"""Exchanges that are not HTTP, as rows."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.domains import ConsoleLine, Domain, Event, Exchange, Row, Runtime
from tapscope.agents.host.api.rows import as_json, as_name
from tapscope.agents.host.host import Host
from tapscope.agents.link.messages import BodyChunk, WorkChunk
from tests.agents.host.happenings import JOB, answer, begin, end, give, receive
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host, watching

SECOND = 1_000_000_000


class Printing(Domain):
    """Says nothing of how its exchanges look."""

    name = "Printing"
    lifecycles = (JOB, "2d.plot")


class Weaving(Domain):
    """Says how its exchanges look, and fails where it is told to."""

    name = "Weaving"
    lifecycles = ("acme.cloth",)

    @classmethod
    def row(cls, exchange: Exchange) -> Row | None:
        started: dict[str, Any] = exchange.started(dict[str, Any])
        wanted = started["name"]
        if wanted == "secret":
            return None
        if wanted == "late" and exchange.end is None:
            return None
        if wanted == "fails":
            raise SystemExit("no thread")
        if wanted == "nonsense":
            return "a row"  # type: ignore[return-value]  # as an author may who checks no types
        if wanted == "wrong":
            return Row(method=7, url="loom:///wrong")  # type: ignore[arg-type]  # likewise
        pieces = [str(chunk["data"]) for chunk in exchange.chunks(dict[str, Any])]
        return Row(
            method="WEAVE",
            url=f"loom://hall/{wanted}/{len(pieces)}",
            mime_type="text/plain",
            body="".join(pieces),
            request_headers={"X-Loom": "4"},
            response_headers={"X-Pieces": str(len(pieces))},
            status=299,
            status_text=f"{len(pieces)} pieces",
        )

    @classmethod
    def console(cls, exchange: Exchange, event: Event) -> Iterable[ConsoleLine]:
        """Tell which cloth is torn when it is done."""
        name = exchange.started(dict[str, Any])["name"]
        if event is exchange.end and name.startswith("torn"):
            yield ConsoleLine(level="warning", text=name)


def shop() -> tuple[Host, FakeProgram]:
    host = make_host()
    host.target.add_domain(Printing)
    host.target.add_domain(Weaving)
    return host, FakeProgram(host)


def weave(program: FakeProgram, number: int, name: str) -> None:
    begin(program, number, lifecycle="acme.cloth", name=name)


def row_of(front_end: FrontEnd) -> dict[str, Any]:
    """The only row's request."""
    [told] = front_end.told("requestWillBeSent")
    request: dict[str, Any] = told["request"]
    return request


def body_of(front_end: FrontEnd, request: str = "1.1") -> str:
    body: str = front_end.ask("Network.getResponseBody", requestId=request)["body"]
    return body


def payload_of(front_end: FrontEnd, request: str = "1.1") -> str:
    payload: str = front_end.ask("Network.getRequestPostData", requestId=request)["postData"]
    return payload


def said(front_end: FrontEnd) -> list[str]:
    """What the Console shows of cloth."""
    called = [told["args"][0]["value"] for told in front_end.told("consoleAPICalled")]
    entries = [told["entry"]["text"] for told in front_end.told("entryAdded")]
    return [text for text in called + entries if text.startswith("torn")]


def test_work_of_a_domain_that_says_nothing_of_rows_is_a_row() -> None:
    """It tells what the program told, whoever looks and whenever."""
    host, program = shop()
    live = watching(host)
    begin(program, 1)
    answer(program, 1, detail={"pages": 3})
    give(program, 1, "page 1")
    end(program, 1, result={"price": 5})
    for front_end in (live, watching(host)):
        assert row_of(front_end)["url"] == "acme.print-job:///page 1"
        assert row_of(front_end)["method"] == "PRINT_JOB"
        assert payload_of(front_end) == '{"copies":2}'
        told = {"answer": {"pages": 3}, "chunks": ["page 1"], "result": {"price": 5}}
        assert json.loads(body_of(front_end)) == told
        response = front_end.told("responseReceived")[-1]
        assert (response["type"], response["response"]["mimeType"]) == (
            "Other",
            "application/print_job",
        )
        assert (response["response"]["status"], response["response"]["statusText"]) == (200, "OK")


@pytest.mark.parametrize(
    ("started", "url", "payload"),
    [
        ({"name": "a/b  c\n#1?x", "detail": {}}, "acme.print-job:///a\u2215b c \uff031?x", None),
        ({"name": "", "detail": {"n": 1}}, "acme.print-job:///print_job", '{"n":1}'),
        ({"queue": "q", "size": 3}, "acme.print-job:///print_job", '{"queue":"q","size":3}'),
        ({"name": 7, "data": b"\xffpdf"}, "acme.print-job:///7", '{"data":"\ufffdpdf"}'),
        ({"detail": {"a": 1}, "size": 3}, "acme.print-job:///print_job",
         '{"detail":{"a":1},"size":3}'),
    ],
)  # fmt: skip
def test_the_default_row_shows_whatever_the_start_has(
    started: dict[str, Any], url: str, payload: str | None
) -> None:
    """A name is the row's, and all the rest is its payload."""
    host, program = shop()
    front_end = watching(host)
    begin(program, 1, **started)
    request = row_of(front_end)
    assert request["url"] == url
    assert request.get("hasPostData", False) is (payload is not None)
    if payload is not None:
        assert payload_of(front_end) == payload


def test_a_scheme_begins_with_a_letter() -> None:
    host, program = shop()
    begin(program, 1, lifecycle="2d.plot")
    assert row_of(watching(host))["url"] == "x-2d.plot:///page 1"


@pytest.mark.parametrize(
    ("finished", "body"),
    [
        ({"result": "done"}, '"done"'),
        ({"result": None}, ""),
        ({"result": 0}, "0"),
        ({"rows": 3, "cached": False}, '{"rows":3,"cached":false}'),
    ],
)
def test_a_result_needs_no_name(finished: dict[str, Any], body: str) -> None:
    """Where there is nothing else to tell it from."""
    host, program = shop()
    begin(program, 1)
    end(program, 1, **finished)
    assert body_of(watching(host)) == body


def test_what_a_program_gave_is_told_from_what_it_got() -> None:
    host, program = shop()
    begin(program, 1)
    give(program, 1, "got")
    give(program, 1, "gave", sent=True)
    end(program, 1)
    assert json.loads(body_of(watching(host))) == {"chunks": ["got", {"sent": "gave"}]}


def test_chunks_that_are_not_kept_are_told_of() -> None:
    host, program = shop()
    begin(program, 1)
    give(program, 1, "one")
    program.say(WorkChunk(1, program.tick(), None))
    end(program, 1)
    told = json.loads(body_of(watching(host)))
    assert told["chunks"] == ["one"]
    assert "faster than the link" in told["cut"]


def test_a_domain_says_how_its_exchanges_look() -> None:
    host, program = shop()
    live = watching(host)
    weave(program, 1, "silk")
    give(program, 1, "red")
    end(program, 1)
    for front_end in (live, watching(host)):
        assert row_of(front_end)["method"] == "WEAVE"
        assert row_of(front_end)["headers"] == {"X-Loom": "4"}
        response = front_end.told("responseReceived")[-1]["response"]
        assert (response["status"], response["statusText"]) == (299, "1 pieces")
        assert response["headers"] == {"X-Pieces": "1"}
        assert response["requestHeaders"] == {"X-Loom": "4"}
        assert body_of(front_end) == "red"


def test_a_row_keeps_the_url_that_it_begins_with() -> None:
    """Or else DevTools would not find its children."""
    host, program = shop()
    front_end = watching(host)
    weave(program, 1, "silk")
    give(program, 1, "red")
    weave_child = 2
    begin(program, weave_child, parent=1)
    end(program, 1)
    assert front_end.told("requestWillBeSent")[0]["request"]["url"] == "loom://hall/silk/0"
    assert {told["response"]["url"] for told in front_end.told("responseReceived")} == {
        "loom://hall/silk/0"
    }
    assert front_end.told("requestWillBeSent")[1]["initiator"]["url"] == "loom://hall/silk/0"


def test_a_domain_can_have_an_exchange_without_a_row() -> None:
    """Then what it causes hangs under what has one."""
    host, program = shop()
    receive(program, 1)
    begin(program, 2, lifecycle="acme.cloth", name="secret", parent=1)
    begin(program, 3, parent=2)
    end(program, 2)
    live, late = watching(host), watching(host)
    for front_end in (live, late):
        assert [told["requestId"] for told in front_end.told("requestWillBeSent")] == ["1.1", "1.3"]
        initiator = front_end.told("requestWillBeSent")[1]["initiator"]
        assert initiator == {"type": "parser", "url": "http://shop/orders", "requestId": "1.1"}


def test_a_row_may_come_only_when_there_is_something_to_show() -> None:
    host, program = shop()
    live = watching(host)
    weave(program, 1, "late")
    assert live.names() == []
    give(program, 1, "red")
    end(program, 1)
    for front_end in (live, watching(host)):
        assert front_end.names() == [
            "requestWillBeSent", "responseReceived", "dataReceived", "loadingFinished"
        ]  # fmt: skip
        assert front_end.told("requestWillBeSent")[0]["timestamp"] == pytest.approx(1001.001)


@pytest.mark.parametrize("name", ["fails", "nonsense", "wrong"])
def test_a_domain_that_fails_to_say_how_they_look_harms_nobody(name: str) -> None:
    """Its exchanges are shown as if it had said nothing, and the Console says why."""
    host, program = shop()
    front_end = watching(host)
    front_end.ask("Runtime.enable")
    weave(program, 1, name)
    end(program, 1, result=7)
    begin(program, 2)
    urls = [told["request"]["url"] for told in front_end.told("requestWillBeSent")]
    assert urls == [f"acme.cloth:///{name}", "acme.print-job:///page 1"]
    assert body_of(front_end) == "7"
    [line, *_] = front_end.told("consoleAPICalled")
    assert "Weaving" in line["args"][0]["value"]
    assert "Weaving.row" in line["args"][0]["value"]


@pytest.mark.parametrize("log", [False, True])
def test_a_console_shows_once_what_was_said_before_it_came_and_what_is_said_later(
    log: bool,  # noqa: FBT001
) -> None:
    host, program = shop()
    for number, name in enumerate(("torn", "whole", "torn later", "torn soon"), 1):
        weave(program, number, name)
    end(program, 1)
    end(program, 2)
    front_end = FrontEnd(host)
    front_end.ask("Runtime.enable")
    if log:
        front_end.ask("Log.enable")
    end(program, 3)
    host.look()
    host.look()
    end(program, 4)
    host.look()
    assert sorted(said(front_end)) == ["torn", "torn later", "torn soon"]
    assert bool(front_end.told("entryAdded")) is log


def test_what_the_console_has_missed_is_made_as_the_front_end_takes_it() -> None:
    """However long the history is, it waits neither in memory nor before the other messages."""
    host, program = shop()
    for number in range(1, 101):
        weave(program, number, f"torn {number}")
        end(program, number)
    front_end = FrontEnd(host)
    front_end.ask("Runtime.enable")
    host.look()
    host.look()
    front_end.take(1)
    assert front_end.session.domain(Runtime).replaying
    assert said(front_end) == [f"torn {number}" for number in range(1, 101)]


@pytest.mark.parametrize("canceled", [False, True])
@pytest.mark.parametrize("answered", [False, True])
def test_work_that_fails_is_a_red_row_with_its_error(
    answered: bool,  # noqa: FBT001
    canceled: bool,  # noqa: FBT001
) -> None:
    """A status other than 0 would have DevTools call it well."""
    host, program = shop()
    live = watching(host)
    begin(program, 1)
    if answered:
        answer(program, 1, detail={"pages": 3})
    program.fail(1, "shop.OutOfPaper", "tray 2", canceled=canceled)
    for front_end in (live, watching(host)):
        assert {told["response"]["status"] for told in front_end.told("responseReceived")} == {0}
        [failed] = front_end.told("loadingFailed")
        assert failed["errorText"] == "shop.OutOfPaper: tray 2"
        assert failed.get("canceled", False) is canceled
        assert front_end.told("loadingFinished") == []


def test_what_waits_and_what_is_received_are_told_apart() -> None:
    """The first of the outcome is where one ends and the other begins."""
    host, program = shop()
    live = watching(host)
    begin(program, 1)
    program.clock += SECOND
    answer(program, 1, detail={"pages": 3})
    program.clock += SECOND
    end(program, 1)
    for front_end in (live, watching(host)):
        told = front_end.told("responseReceived")[-1]
        assert told["timestamp"] == pytest.approx(1002.002)
        timing = told["response"]["timing"]
        assert timing["requestTime"] == pytest.approx(1001.001)
        assert timing["receiveHeadersEnd"] == pytest.approx(1001)
        assert front_end.told("loadingFinished")[0]["timestamp"] == pytest.approx(1003.003)


def test_a_row_whose_work_goes_on_is_pending() -> None:
    host, program = shop()
    live = watching(host)
    begin(program, 1)
    assert live.names() == ["requestWillBeSent"]
    assert watching(host).names() == ["requestWillBeSent"]
    refused = live.refusal("Network.getResponseBody", requestId="1.1")
    assert "nothing has come of this yet" in refused["message"]
    answer(program, 1, detail={"pages": 3})
    for front_end in (live, watching(host)):
        assert front_end.told("responseReceived")[0]["response"]["status"] == 0
        assert json.loads(body_of(front_end)) == {"answer": {"pages": 3}}


def test_the_lengths_that_are_told_add_up_to_the_body() -> None:
    """For those who were there from the beginning, and for those who came in between."""
    host, program = shop()
    front_ends = [watching(host)]
    begin(program, 1)
    for piece in range(10):
        program.clock += SECOND // 20
        give(program, 1, f"piece {piece}")
        front_ends.append(watching(host))
    end(program, 1, result="all")
    front_ends.append(watching(host))
    length = len(body_of(front_ends[0]))
    for front_end in front_ends:
        assert sum(told["dataLength"] for told in front_end.told("dataReceived")) == length
        assert front_end.told("loadingFinished")[0]["encodedDataLength"] == length


def test_a_flood_of_chunks_is_not_told_one_by_one() -> None:
    """For each the whole row would have to be made anew."""
    host, program = shop()
    front_end = watching(host)
    begin(program, 1)
    for piece in range(1000):
        give(program, 1, piece)
    end(program, 1)
    assert len(front_end.told("dataReceived")) < 20
    assert json.loads(body_of(front_end)) == {"chunks": list(range(1000))}


def streamed(front_end: FrontEnd, buffered: dict[str, Any]) -> str:
    """What a front end puts together: what it got at first, and each piece after that."""
    pieces = [told["data"] for told in front_end.told("dataReceived") if "data" in told]
    parts = [buffered["bufferedData"], *pieces]
    return b"".join(base64.b64decode(part) for part in parts).decode()


@pytest.mark.parametrize("lifecycle", [JOB, "acme.cloth"])
def test_the_body_of_work_that_goes_on_can_be_streamed(lifecycle: str) -> None:
    """Whoever begins to, and whenever: in the end each has it all, of JSON even the brackets."""
    host, program = shop()
    one, other = watching(host), watching(host)
    begin(program, 1, lifecycle=lifecycle, name="page 1")
    give(program, 1, "a")
    began = one.ask("Network.streamResourceContent", requestId="1.1")
    give(program, 1, "b")
    later = other.ask("Network.streamResourceContent", requestId="1.1")
    give(program, 1, "c")
    assert "c" in streamed(one, began)
    end(program, 1)
    body = body_of(one)
    assert streamed(one, began) == streamed(other, later) == body
    after = one.ask("Network.streamResourceContent", requestId="1.1")
    assert base64.b64decode(after["bufferedData"]).decode() == body


def test_only_who_asked_gets_the_text() -> None:
    host, program = shop()
    asking, other = watching(host), watching(host)
    begin(program, 1)
    give(program, 1, "a")
    asking.ask("Network.streamResourceContent", requestId="1.1")
    give(program, 1, "b")
    end(program, 1)
    assert any("data" in told for told in asking.told("dataReceived"))
    assert not any("data" in told for told in other.told("dataReceived"))


def test_work_of_a_lifecycle_that_no_domain_has_is_no_row() -> None:
    host, program = shop()
    begin(program, 1, lifecycle="acme.unknown")
    program.say(BodyChunk(1, program.tick(), 1, b"x", sent=True))
    end(program, 1)
    assert watching(host).names() == []


@given(st.text())
def test_a_name_is_one_line_that_ends_a_url(text: str) -> None:
    name = as_name(text)
    assert len(name) <= 1000
    assert not set(name) & set("/#\n\r\t")
    if not set(text) & set("/#") and text == " ".join(text.split()):
        assert name == text[:1000] or len(text) > 1000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 2**70}, '{"a": 1180591620717411303424}'),
        ("\ud800", '"\\ud800"'),
        ([b"\xff", {1: object}], '["\ufffd",{"1":"<class \'object\'>"}]'),
    ],
)
def test_whatever_a_domain_has_can_be_shown_as_json(value: object, text: str) -> None:
    assert as_json(value) == text


@pytest.mark.parametrize(
    "wrong",
    [{"url": None}, {"body": b"x"}, {"status": "200"}, {"status": 0}, {"status": True},
     {"status": 1000}, {"request_headers": {"a": 1}}, {"response_headers": {1: "a"}}],
)  # fmt: skip
def test_a_row_with_something_else_in_it_can_not_be_made(wrong: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"method": "GET", "url": "a:///b"} | wrong
    with pytest.raises((TypeError, ValueError)):
        Row(**fields)


def test_halves_of_characters_are_replaced() -> None:
    """JSON can't carry them."""
    assert Row(method="GET", url="a:///b", body="\ud800!").body == "?!"
