"""Requests that a program answers, and what exchanges cause, as rows."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tapscope.agents.domains import Domain
from tapscope.agents.host.domains.network import urls
from tapscope.agents.host.host import Host
from tapscope.agents.link.messages import Frame, RequestReceived, RequestStarted
from tests.agents.host.happenings import JOB, begin, end, pass_on, receive, respond
from tests.agents.host.programs import FakeProgram, FrontEnd, HeaderList, make_host, watching

TEXT: HeaderList = ((b"Content-Type", b"text/html; charset=utf-8"), (b"X", b"1"), (b"X", b"2"))
URL = "http://shop/orders"


class Printing(Domain):
    """What is printed."""

    name = "Printing"
    lifecycles = (JOB,)


def shop() -> tuple[Host, FakeProgram]:
    host = make_host()
    host.target.add_domain(Printing)
    return host, FakeProgram(host)


def outgoing(
    program: FakeProgram, number: int, url: str = URL, *, parent: int | None = None, stack: int = 0,
    redirected_from: int | None = None,
) -> None:  # fmt: skip
    """Say that the program sends a request."""
    program.say(
        RequestStarted(
            number, program.tick(), "GET", url, (), stack, "main", parent, redirected_from
        )
    )


def row_urls(front_end: FrontEnd) -> list[str]:
    """The URLs of all rows, as DevTools has them in the end: a response may change them."""
    found = {
        (told["requestId"], index): told["request"]["url"]
        for index, told in enumerate(front_end.told("requestWillBeSent"))
    }
    last = {
        told["requestId"]: told["response"]["url"] for told in front_end.told("responseReceived")
    }
    return [last.get(key[0], url) for key, url in found.items()]


def initiator(front_end: FrontEnd, request: str) -> dict[str, Any]:
    told = front_end.told("requestWillBeSent")
    found: dict[str, Any] = next(each for each in told if each["requestId"] == request)["initiator"]
    return found


def test_an_incoming_request_is_a_document() -> None:
    """Its payload is what the program received, its response what the program sent."""
    host, program = shop()
    live = watching(host)
    receive(program, 1, method="POST", headers=((b"Content-Length", b"3"),))
    pass_on(program, 1, b"tea", sent=False)
    respond(program, 1, 201, TEXT)
    pass_on(program, 1, b"<p>thanks", sent=True)
    program.finish(1)
    for front_end in (live, watching(host)):
        assert front_end.names() == [
            "requestWillBeSent",
            "requestWillBeSentExtraInfo",
            "responseReceivedExtraInfo",
            "responseReceived",
            "dataReceived",
            "loadingFinished",
        ]
        [told] = front_end.told("requestWillBeSent")
        assert (told["type"], told["request"]["method"]) == ("Document", "POST")
        assert told["request"]["url"] == URL
        assert told["request"]["hasPostData"] is True
        assert front_end.ask("Network.getRequestPostData", requestId="1.1")["postData"] == "tea"
        body = front_end.ask("Network.getResponseBody", requestId="1.1")
        assert body == {"body": "<p>thanks", "base64Encoded": False}
        response = front_end.told("responseReceived")[0]["response"]
        assert (response["status"], response["statusText"]) == (201, "Created")
        assert (response["mimeType"], response["headers"]["X"]) == ("text/html", "1, 2")
        assert (response["remoteIPAddress"], response["remotePort"]) == ("10.0.0.9", 50123)
        assert (response["protocol"], response["connectionId"]) == ("http/1.1", 3)
        assert front_end.told("dataReceived")[0]["dataLength"] == 9


def test_it_waits_from_its_head_to_the_head_of_the_response() -> None:
    """That is the time that the program took; the rest is sending."""
    host, program = shop()
    receive(program, 1)
    program.clock += 20_000_000
    respond(program, 1)
    timing = watching(host).told("responseReceived")[0]["response"]["timing"]
    assert timing["requestTime"] == pytest.approx(1001.001)
    assert (timing["sendStart"], timing["sendEnd"]) == (0.001, 0.001)
    assert timing["receiveHeadersEnd"] == pytest.approx(21)


def test_a_redirect_that_a_program_answers_with_is_a_row_like_any_other() -> None:
    host, program = shop()
    for number, status in ((1, 302), (2, 200)):
        receive(program, number, f"{URL}/{number}")
        respond(program, number, status)
        program.finish(number)
    front_end = watching(host)
    assert [told.get("redirectResponse") for told in front_end.told("requestWillBeSent")] == [
        None,
        None,
    ]
    assert [told["response"]["status"] for told in front_end.told("responseReceived")] == [302, 200]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("LookupError", "LookupError: no shelf"),
        ("tapscope.channels.serving.ClientDisconnected", "ClientDisconnected: no shelf"),
    ],
)
def test_a_failure_is_told_in_short(kind: str, text: str) -> None:
    """What the program never raised needs no module to be found in."""
    host, program = shop()
    receive(program, 1)
    program.fail(1, kind, "no shelf")
    [told] = watching(host).told("loadingFailed")
    assert (told["errorText"], told["type"]) == (text, "Document")


def test_a_body_that_nobody_announced_is_shown_to_those_who_come_late() -> None:
    """HTTP/2 announces none."""
    host, program = shop()
    receive(program, 1)
    pass_on(program, 1, b"tea", sent=False)
    assert watching(host).told("requestWillBeSent")[0]["request"]["hasPostData"] is True


def test_what_a_request_causes_leads_to_it() -> None:
    """With the stack of where it was caused, too."""
    host, program = shop()
    live = watching(host)
    program.define_stack(4, Frame("buy", "/srv/shop.py", 3, 0))
    receive(program, 1)
    outgoing(program, 2, "http://stock/", parent=1, stack=4)
    begin(program, 3, parent=2)
    for front_end in (live, watching(host)):
        assert initiator(front_end, "1.1") == {"type": "other"}
        told = initiator(front_end, "1.2")
        assert (told["type"], told["url"], told["requestId"]) == ("parser", URL, "1.1")
        assert told["stack"]["callFrames"][0]["functionName"] == "buy"
        assert initiator(front_end, "1.3")["url"] == "http://stock/"


def test_a_parent_that_is_forgotten_or_was_never_told_leads_nowhere() -> None:
    host, program = shop()
    begin(program, 2, parent=1)
    begin(program, 3, parent=3)
    front_end = watching(host)
    assert initiator(front_end, "1.2") == initiator(front_end, "1.3") == {"type": "other"}


def test_of_requests_for_one_url_each_has_its_own_children() -> None:
    """DevTools finds a parent by its URL, so the second one has a fragment."""
    host, program = shop()
    live = watching(host)
    for number in (1, 2, 3):
        receive(program, number)
    for number in (3, 1, 2):
        begin(program, 10 + number, parent=number)
    for number in (1, 2, 3):
        respond(program, number)
        program.finish(number)
    for front_end in (live, watching(host)):
        rows = row_urls(front_end)
        assert rows[:3] == [URL, f"{URL}#1.2", f"{URL}#1.3"]
        parents = [initiator(front_end, f"1.1{number}")["url"] for number in (1, 2, 3)]
        assert parents == rows[:3]


def test_a_program_that_asks_itself_has_the_children_under_what_it_answers() -> None:
    """Its own request came first with that URL."""
    host, program = shop()
    outgoing(program, 1)
    receive(program, 2)
    begin(program, 3, parent=2)
    front_end = watching(host)
    assert row_urls(front_end)[:2] == [URL, f"{URL}#1.2"]
    assert initiator(front_end, "1.3")["url"] == f"{URL}#1.2"


def test_what_is_still_to_be_told_of_the_past_has_its_urls_already() -> None:
    """Rows are in the order of recording, so what was before comes first in DevTools."""
    host, program = shop()
    outgoing(program, 1)
    front_end = FrontEnd(host)
    front_end.say("Network.enable")
    receive(program, 2)
    begin(program, 3, parent=2)
    assert row_urls(front_end)[:2] == [URL, f"{URL}#1.2"]
    assert initiator(front_end, "1.3")["url"] == f"{URL}#1.2"


def test_two_programs_that_have_the_same_url_are_told_apart() -> None:
    host, one = shop()
    other = FakeProgram(host)
    for program in (one, other):
        receive(program, 1)
        begin(program, 2, parent=1)
    front_end = watching(host)
    assert initiator(front_end, "1.2")["url"] == URL
    assert initiator(front_end, "2.2")["url"] == f"{URL}#2.1"


def test_outgoing_requests_have_their_very_urls() -> None:
    """However often they are sent: few ever cause anything."""
    host, program = shop()
    for number in (1, 2, 3):
        outgoing(program, number)
        program.respond(number)
    assert row_urls(watching(host)) == [URL] * 3


def test_an_outgoing_request_that_causes_something_is_told_apart_when_it_is_answered() -> None:
    """As a call of the program's own application, without a network."""
    host, program = shop()
    live = watching(host)
    for number in (1, 11):
        outgoing(program, number)
        receive(program, number + 1, parent=number)
        respond(program, number + 1)
        program.respond(number)
    for front_end in (live, watching(host)):
        rows = row_urls(front_end)
        assert rows == [URL, f"{URL}#1.2", f"{URL}#1.11", f"{URL}#1.12"]
        assert initiator(front_end, "1.2")["url"] == rows[0]
        assert initiator(front_end, "1.12")["url"] == rows[2]


def test_no_two_rows_that_may_have_children_share_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even those that come when more URLs were seen than are remembered."""
    monkeypatch.setattr(urls, "MAX_URLS", 5)
    host, program = shop()
    live = watching(host)
    numbers = itertools.count(1)
    for url in [f"{URL}/{index % 9}" for index in range(40)]:
        receive(program, number := next(numbers), url)
        begin(program, next(numbers), parent=number, name=url, detail=None)
    for front_end in (live, watching(host)):
        rows = row_urls(front_end)
        assert len(set(rows)) == len(rows) == 80
        for told in front_end.told("requestWillBeSent"):
            if told["type"] == "Other":
                parent = rows[int(told["requestId"].partition(".")[2]) - 2]
                assert told["initiator"]["url"] == parent


def test_a_redirected_request_keeps_its_urls() -> None:
    """Each hop its own, though they share an id."""
    host, program = shop()
    outgoing(program, 1, "http://shop/old")
    program.respond(1, 302)
    program.finish(1)
    outgoing(program, 2, "http://shop/new", redirected_from=1)
    program.respond(2)
    front_end = watching(host)
    told = front_end.told("requestWillBeSent")
    assert [each["request"]["url"] for each in told] == ["http://shop/old", "http://shop/new"]
    assert told[1]["redirectResponse"]["url"] == "http://shop/old"


def test_a_child_that_comes_after_its_parent_has_ended_leads_to_it() -> None:
    """A task that goes on in the background."""
    host, program = shop()
    live = watching(host)
    for number in (1, 2):
        begin(program, number)
        end(program, number)
    begin(program, 3, parent=2)
    for front_end in (live, watching(host)):
        assert (
            initiator(front_end, "1.3")["url"] == row_urls(front_end)[1] != row_urls(front_end)[0]
        )


def test_incoming_requests_can_be_streamed() -> None:
    host, program = shop()
    front_end = watching(host)
    receive(program, 1)
    respond(program, 1, headers=TEXT)
    pass_on(program, 1, b"one", sent=True)
    asked = front_end.ask("Network.streamResourceContent", requestId="1.1")
    pass_on(program, 1, b"two", sent=True)
    assert asked["bufferedData"] == "b25l"
    assert [told.get("data") for told in front_end.told("dataReceived")] == [None, "dHdv"]


def test_a_start_has_all_the_fields_that_a_row_needs() -> None:
    """The tap sends what it has; an address may be none, as of a Unix socket."""
    host, program = shop()
    program.say(RequestReceived(1, 5, "GET", "/", (), 0, "", None, "http/1.0", None, None))
    respond(program, 1)
    response = watching(host).told("responseReceived")[0]["response"]
    assert "remoteIPAddress" not in response
    assert response["url"] == "/"
