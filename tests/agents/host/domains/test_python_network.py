"""The requests that a program answers, for tools that want them apart."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from tapscope.agents.domains import Domain
from tapscope.agents.host.store.budget import Budget
from tapscope.agents.link.messages import ExchangeFinished
from tests.agents.host.happenings import JOB, begin, end, pass_on, receive, respond
from tests.agents.host.programs import FakeProgram, FrontEnd, HeaderList, make_host
from tests.protocol import check_message

TEXT: HeaderList = ((b"Content-Type", b"text/plain"),)
GZIP: HeaderList = (*TEXT, (b"Content-Encoding", b"gzip"))


class Printing(Domain):
    """What is printed."""

    name = "Printing"
    lifecycles = (JOB,)


def listening(*, include_data: bool = False) -> tuple[FrontEnd, FakeProgram]:
    """A front end that has enabled the domain, and a program."""
    host = make_host()
    host.target.add_domain(Printing)
    front_end = FrontEnd(host)
    front_end.ask("PythonNetwork.enable", includeData=include_data)
    return front_end, FakeProgram(host)


def answered(program: FakeProgram, number: int, *, parent: int | None = None) -> None:
    """Say all of one request and its answer."""
    receive(program, number, method="POST", headers=TEXT, parent=parent, endpoint="shop:app")
    pass_on(program, number, b"tea", sent=False)
    respond(program, number, 201, TEXT, endpoint="shop.orders:add")
    pass_on(program, number, b"thanks", sent=True)
    program.finish(number)


def ids(answer: dict[str, Any]) -> list[str]:
    return [each["requestId"] for each in answer["exchanges"]]


def test_an_incoming_request_is_told_in_the_order_of_its_events() -> None:
    front_end, program = listening()
    answered(program, 1)
    assert front_end.names() == [
        "requestReceived",
        "dataReceived",
        "responseWillBeSent",
        "dataSent",
        "exchangeFinished",
    ]
    assert {told["params"]["requestId"] for told in front_end.events} == {"1.1"}


def test_a_request_is_told_with_its_head_and_its_client() -> None:
    front_end, program = listening()
    answered(program, 1)
    [told] = front_end.told("requestReceived")
    assert told["timestamp"] == pytest.approx(1001.001)
    assert told["request"] == {
        "method": "POST",
        "url": "http://shop/orders",
        "protocol": "http/1.1",
        "headers": [{"name": "Content-Type", "value": "text/plain"}],
        "thread": "worker-1",
        "process": 1,
        "client": {"address": "10.0.0.9", "port": 50123},
        "endpoint": "shop:app",
    }


def test_a_client_may_be_unknown() -> None:
    front_end, program = listening()
    receive(program, 1, connection=None)
    assert "client" not in front_end.told("requestReceived")[0]["request"]


def test_a_response_is_told_with_its_head_and_what_of_the_program_gave_it() -> None:
    front_end, program = listening()
    answered(program, 1)
    [told] = front_end.told("responseWillBeSent")
    assert (told["response"]["status"], told["endpoint"]) == (201, "shop.orders:add")
    assert told["response"]["headers"] == [{"name": "Content-Type", "value": "text/plain"}]


def test_headers_that_come_again_are_told_again() -> None:
    front_end, program = listening()
    receive(program, 1, headers=((b"X", b"1"), (b"x", b"2"), (b"X", b"\xfc")))
    assert front_end.told("requestReceived")[0]["request"]["headers"] == [
        {"name": "X", "value": "1"},
        {"name": "x", "value": "2"},
        {"name": "X", "value": "ü"},
    ]


@pytest.mark.parametrize("include_data", [False, True])
def test_bytes_are_told_to_those_who_asked_for_them(include_data: bool) -> None:  # noqa: FBT001
    front_end, program = listening(include_data=include_data)
    other = FrontEnd(front_end.host)
    other.ask("PythonNetwork.enable")
    answered(program, 1)
    [received], [sent] = front_end.told("dataReceived"), front_end.told("dataSent")
    assert (received["dataLength"], sent["dataLength"]) == (3, 6)
    assert received.get("data") == (base64.b64encode(b"tea").decode() if include_data else None)
    assert sent.get("data") == (base64.b64encode(b"thanks").decode() if include_data else None)
    assert "data" not in other.told("dataSent")[0]


def test_an_end_tells_what_has_passed_and_what_was_caused() -> None:
    front_end, program = listening()
    receive(program, 1)
    begin(program, 2, parent=1)
    pass_on(program, 1, b"four", sent=True)
    program.say(ExchangeFinished(1, program.tick(), 9, complete=False))
    [told] = front_end.told("exchangeFinished")
    assert (told["requestLength"], told["responseLength"], told["complete"]) == (0, 9, False)
    assert told["childIds"] == ["1.2"]


@pytest.mark.parametrize("canceled", [False, True])
def test_a_failure_is_told_with_its_error(canceled: bool) -> None:  # noqa: FBT001
    front_end, program = listening()
    receive(program, 1)
    program.fail(1, "shop.OutOfTea", "none left", canceled=canceled)
    [told] = front_end.told("exchangeFailed")
    assert (told["errorType"], told["errorText"]) == ("shop.OutOfTea", "none left")
    assert told["canceled"] is canceled


def test_parents_and_children_are_the_ids_of_all_domains() -> None:
    """A call of a program's own application, a statement, a job: whoever tells more of it."""
    front_end, program = listening()
    receive(program, 1)
    program.start(2)
    receive(program, 3, parent=2)
    begin(program, 4, parent=3)
    begin(program, 5, parent=3, lifecycle="acme.unknown")
    end(program, 4)
    program.fail(5)
    assert [told.get("parentId") for told in front_end.told("requestReceived")] == [None, "1.2"]
    asked = front_end.ask("PythonNetwork.getChildren", requestId="1.3")
    assert asked["children"] == [
        {"requestId": "1.4", "lifecycle": JOB, "state": "finished", "domain": "Printing"},
        {"requestId": "1.5", "lifecycle": "acme.unknown", "state": "failed"},
    ]
    [incoming] = front_end.ask("PythonNetwork.getChildren", requestId="1.2")["children"]
    assert (incoming["requestId"], incoming["domain"]) == ("1.3", "PythonNetwork")
    assert front_end.ask("PythonNetwork.getChildren", requestId="1.1") == {"children": []}


def test_the_ids_are_those_of_the_rows() -> None:
    front_end, program = listening()
    answered(program, 1)
    front_end.ask("Network.enable")
    rows = [told["requestId"] for told in front_end.told("requestWillBeSent")]
    assert rows == [told["requestId"] for told in front_end.told("requestReceived")] == ["1.1"]


def test_requests_in_flight_can_be_listed() -> None:
    """Also those that came before anybody listened; not those that are over, and no others."""
    host = make_host()
    program = FakeProgram(host)
    answered(program, 1)
    receive(program, 2, method="PUT")
    program.start(3)
    begin(program, 4)
    respond(program, 2, 202)
    answer = FrontEnd(host).ask("PythonNetwork.getInFlightRequests")
    [told] = answer["exchanges"]
    assert (told["requestId"], told["state"]) == ("1.2", "inFlight")
    assert (told["request"]["method"], told["response"]["status"]) == ("PUT", 202)
    assert "endTimestamp" not in told


def test_those_that_are_recorded_can_be_listed_page_by_page() -> None:
    """The newest, or what came after one; oldest first."""
    host = make_host()
    program = FakeProgram(host)
    for number in range(1, 8):
        answered(program, number)
    front_end = FrontEnd(host)
    newest = front_end.ask("PythonNetwork.getRecordedRequests", limit=2)
    assert ids(newest) == ["1.6", "1.7"]
    page = front_end.ask("PythonNetwork.getRecordedRequests", limit=3, after="1.1")
    assert ids(page) == ["1.2", "1.3", "1.4"]
    assert ids(front_end.ask("PythonNetwork.getRecordedRequests", after="1.7")) == []
    assert len(ids(front_end.ask("PythonNetwork.getRecordedRequests"))) == 7


def test_what_is_listed_tells_all_but_the_bodies() -> None:
    host = make_host()
    program = FakeProgram(host)
    program.start(8)
    answered(program, 9, parent=8)
    begin(program, 10, parent=9)
    [told] = FrontEnd(host).ask("PythonNetwork.getRecordedRequests")["exchanges"]
    assert (told["state"], told["parentId"], told["childIds"]) == ("finished", "1.8", ["1.10"])
    assert (told["requestLength"], told["responseLength"]) == (3, 6)
    assert told["request"]["endpoint"] == "shop.orders:add"
    assert told["timestamp"] < told["responseTimestamp"] < told["endTimestamp"]


def test_a_failed_one_is_listed_with_its_error() -> None:
    host = make_host()
    program = FakeProgram(host)
    receive(program, 1)
    program.fail(1, "shop.OutOfTea", "none left")
    [told] = FrontEnd(host).ask("PythonNetwork.getRecordedRequests")["exchanges"]
    assert (told["state"], told["errorText"]) == ("failed", "shop.OutOfTea: none left")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"limit": 0}, -32602),
        ({"limit": -1}, -32602),
        ({"after": "1.9"}, -32000),
        ({"after": "x"}, -32000),
    ],
)
def test_a_list_can_only_begin_somewhere(wrong: dict[str, object], code: int) -> None:
    front_end, program = listening()
    answered(program, 1)
    assert front_end.refusal("PythonNetwork.getRecordedRequests", **wrong)["code"] == code


@pytest.mark.parametrize(
    ("headers", "data", "body", "is_base64"),
    [
        (TEXT, "grün".encode(), "grün", False),
        (GZIP, gzip.compress(b"tea" * 99), "tea" * 99, False),
        ((), b"\xff\xfe", "//4=", True),
        (TEXT, b"", "", False),
    ],
)
def test_bodies_are_given_decoded_in_both_directions(
    headers: HeaderList,
    data: bytes,
    body: str,
    is_base64: bool,  # noqa: FBT001
) -> None:
    """As far as they have passed, any number of times."""
    front_end, program = listening()
    receive(program, 1, headers=headers)
    pass_on(program, 1, data, sent=False)
    respond(program, 1, headers=headers)
    pass_on(program, 1, data, sent=True)
    expected = {
        "body": body, "base64Encoded": is_base64, "length": len(data), "kept": len(data)
    }  # fmt: skip
    for command in ("getRequestBody", "getResponseBody", "getResponseBody"):
        assert front_end.ask(f"PythonNetwork.{command}", requestId="1.1") == expected


def test_a_body_that_was_cut_says_how_much_is_kept_and_why() -> None:
    host = make_host(Budget(body_bytes=2))
    program = FakeProgram(host)
    answered(program, 1)
    told = FrontEnd(host).ask("PythonNetwork.getResponseBody", requestId="1.1")
    assert (told["body"], told["length"], told["kept"]) == ("th", 6, 2)
    assert "limit for one body is 2 bytes" in told["note"]


@pytest.mark.parametrize(
    "wanted", ["", ".", "1", "1.9", "2.1", "1.1 ", "1.1.1", "x", "1." + "9" * 99]
)
@pytest.mark.parametrize("command", ["getRequestBody", "getResponseBody", "getChildren"])
def test_an_unknown_request_is_an_error_whatever_its_id_looks_like(
    command: str, wanted: str
) -> None:
    front_end, program = listening()
    answered(program, 1)
    error = front_end.refusal(f"PythonNetwork.{command}", requestId=wanted)
    assert error["code"] == -32000
    assert wanted[:20] in error["message"]


def test_an_outgoing_request_is_none_of_this_domains() -> None:
    front_end, program = listening()
    program.exchange(1, b"body")
    assert front_end.names() == []
    refused = front_end.refusal("PythonNetwork.getRequestBody", requestId="1.1")
    assert "no incoming request" in refused["message"]


def test_all_that_is_told_is_what_the_domain_says_of_itself() -> None:
    """Its description at ``/json/protocol`` is what clients are built from."""
    front_end, program = listening(include_data=True)
    protocol = json.loads(front_end.host.protocol())
    answered(program, 1)
    receive(program, 2, parent=1, connection=None)
    program.fail(2)
    for command in ("getRequestBody", "getResponseBody", "getChildren"):
        front_end.ask(f"PythonNetwork.{command}", requestId="1.1")
    for command in ("getInFlightRequests", "getRecordedRequests"):
        front_end.ask(f"PythonNetwork.{command}")
    assert len(front_end.take_all()) == 7
    for event in front_end.events:
        assert check_message(protocol, event) == []
    for number, answer in front_end.answers.items():
        assert check_message(protocol, answer, front_end.methods[number]) == []
