"""A front end in the program itself, over real requests to a real server."""

from __future__ import annotations

import gzip
import http.client
import http.server
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import pytest

from tapscope import integrations
from tapscope.agents import Session
from tapscope.agents.session import CommandError, Notification
from tapscope.channels.http import client
from tests.protocol import check_message

PAGES: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/": (200, {"Content-Type": "text/html; charset=utf-8"}, "<p>grün</p>".encode()),
    "/image": (200, {"Content-Type": "image/png"}, b"\x89PNG\xff"),
    "/gzip": (200, {"Content-Type": "text/plain", "Content-Encoding": "gzip"}, gzip.compress(b"x")),
    "/moved": (302, {"Location": "/"}, b""),
    "/gone": (404, {"Content-Type": "text/plain", "Set-Cookie": "a=1"}, b"gone"),
    "/empty": (204, {}, b""),
}


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, headers, body = PAGES[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.path = "/"
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's word
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server of the pages."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as pages:
        pages.daemon_threads = True
        thread = threading.Thread(target=pages.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{pages.server_port}"
        pages.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    uninstall = integrations.install()
    yield
    uninstall()


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as front_end:
        yield front_end


def get(url: str, data: bytes | None = None) -> bytes:
    try:
        with urllib.request.urlopen(url, data) as response:
            body: bytes = response.read()
            return body
    except HTTPError as error:
        with error:
            return error.read()


def params(session: Session, name: str) -> list[dict[str, Any]]:
    return [dict(event.params) for event in session.events if event.method == f"Network.{name}"]


def test_a_request_is_told_as_soon_as_the_events_are_read(session: Session, server: str) -> None:
    session.post("Network.enable")
    get(f"{server}/")
    assert [event.method.partition(".")[2] for event in session.events] == [
        "requestWillBeSent",
        "requestWillBeSentExtraInfo",
        "responseReceivedExtraInfo",
        "responseReceived",
        "dataReceived",
        "loadingFinished",
    ]


def test_a_body_is_there_as_soon_as_the_program_has_read_it(session: Session, server: str) -> None:
    get(f"{server}/")
    session.post("Network.enable")
    [told] = params(session, "requestWillBeSent")
    answer = session.post("Network.getResponseBody", {"requestId": told["requestId"]})
    assert answer == {"body": "<p>grün</p>", "base64Encoded": False}


def test_the_stack_leads_to_the_line_of_the_program(session: Session, server: str) -> None:
    session.post("Network.enable")
    get(f"{server}/")
    frames = params(session, "requestWillBeSent")[0]["initiator"]["stack"]["callFrames"]
    [mine] = [frame for frame in frames if frame["functionName"] == "get"]
    assert mine["url"].endswith("test_session.py")
    assert mine["lineNumber"] == get.__code__.co_firstlineno + 1


def test_a_listener_is_called_with_its_events_and_may_call_the_session(
    session: Session, server: str
) -> None:
    bodies: list[str] = []
    order: list[str] = []

    def on_finished(event: Notification) -> None:
        order.append(event.method)
        answer = session.post("Network.getResponseBody", {"requestId": event.params["requestId"]})
        bodies.append(answer["body"])

    session.on("Network.loadingFinished", on_finished)
    session.post("Network.enable")
    for _ in range(3):
        get(f"{server}/")
    assert len(session.events) == 18
    assert bodies == ["<p>grün</p>"] * 3


def test_a_listener_hears_without_anybody_asking(session: Session, server: str) -> None:
    heard = threading.Event()
    session.on("Network.loadingFinished", lambda _: heard.set())
    session.post("Network.enable")
    get(f"{server}/")
    assert heard.wait(60)


def test_a_listener_that_fails_is_reported_and_the_others_are_called(
    session: Session, server: str, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []
    session.on("Network.loadingFinished", lambda _: 1 / 0)
    session.on("Network.loadingFinished", lambda event: heard.append(event.method))
    session.post("Network.enable")
    get(f"{server}/")
    assert session.events
    assert heard == ["Network.loadingFinished"]
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("method", "given", "code"),
    [
        ("Network.nothing", None, -32601),
        ("Network.getResponseBody", None, -32602),
        ("Network.getResponseBody", {"requestId": "9.9"}, -32000),
    ],
)
def test_a_command_that_cannot_be_done_raises_with_its_code(
    session: Session, method: str, given: dict[str, Any] | None, code: int
) -> None:
    with pytest.raises(CommandError) as raised:
        session.post(method, given)
    assert raised.value.code == code


def test_two_sessions_hear_the_same_each_with_its_own_history(server: str) -> None:
    with Session() as early:
        get(f"{server}/")
        with Session() as late:
            get(f"{server}/gone")
            for session in (early, late):
                session.post("Network.enable")
            urls = [[told["request"]["url"] for told in params(session, "requestWillBeSent")]
                    for session in (early, late)]  # fmt: skip
    assert urls == [[f"{server}/", f"{server}/gone"], [f"{server}/gone"]]


def test_after_disconnecting_nobody_listens_and_a_second_time_does_nothing(server: str) -> None:
    session = Session()
    session.disconnect()
    session.disconnect()
    assert not client.start.has_subscribers
    get(f"{server}/")
    assert session.events == ()


def test_threads_may_share_a_session(session: Session, server: str) -> None:
    session.post("Network.enable")
    seen: list[str] = []

    def work() -> None:
        for _ in range(10):
            get(f"{server}/")
            for told in params(session, "requestWillBeSent")[-1:]:
                asked = {"requestId": told["requestId"]}
                seen.append(str(session.post("Network.getRequestPostData", asked)))

    def safely() -> None:
        with pytest.raises(CommandError):
            work()

    threads = [threading.Thread(target=safely) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == []
    assert len(params(session, "loadingFinished")) == 4


def rich_run(session: Session, server: str) -> list[tuple[str, dict[str, Any]]]:
    """Exchanges of all kinds; gives the results of all commands, with their methods."""
    answers: list[tuple[str, dict[str, Any]]] = []

    def post(method: str, given: dict[str, Any] | None = None) -> None:
        try:
            answers.append((method, {"id": 1, "result": dict(session.post(method, given))}))
        except CommandError as error:
            failure = {"code": error.code, "message": str(error)}
            answers.append((method, {"id": 1, "error": failure}))

    get(f"{server}/")
    for method in ("Debugger.enable", "Runtime.enable", "Network.enable", "Schema.getDomains"):
        post(method)
    for path in PAGES:
        get(f"{server}{path}")
    get(f"{server}/", b"a=1")
    refused = http.client.HTTPConnection("127.0.0.1", 1)
    with pytest.raises(OSError, match="refused"):
        refused.request("GET", "/")
    unread = http.client.HTTPConnection(server.removeprefix("http://"))
    unread.request("GET", "/")
    unread.getresponse()
    for told in params(session, "requestWillBeSent"):
        for method in ("getResponseBody", "getRequestPostData", "streamResourceContent"):
            post(f"Network.{method}", {"requestId": told["requestId"]})
    unread.close()
    for event in session.events:
        if event.method == "Debugger.scriptParsed":
            post("Debugger.getScriptSource", {"scriptId": event.params["scriptId"]})
    for method in ("Runtime.getIsolateId", "Runtime.runIfWaitingForDebugger", "Network.disable",
                   "Network.enable", "Runtime.disable", "Debugger.disable"):  # fmt: skip
        post(method)
    return answers


def test_every_message_that_leaves_is_valid(
    session: Session, server: str, protocol_json: dict[str, Any]
) -> None:
    answers = rich_run(session, server)
    session.disconnect()
    methods = {event.method for event in session.events}
    assert methods >= {
        "Network.requestWillBeSent",
        "Network.requestWillBeSentExtraInfo",
        "Network.responseReceived",
        "Network.responseReceivedExtraInfo",
        "Network.dataReceived",
        "Network.loadingFinished",
        "Network.loadingFailed",
        "Debugger.scriptParsed",
        "Runtime.executionContextCreated",
    }
    wrong = [
        problem
        for event in session.events
        for problem in check_message(
            protocol_json, {"method": event.method, "params": dict(event.params)}
        )
    ]
    wrong += [
        problem
        for method, answer in answers
        for problem in check_message(protocol_json, answer, method)
    ]
    assert wrong == []
    assert {method for method, answer in answers if "result" in answer} >= {
        "Network.getResponseBody",
        "Network.getRequestPostData",
        "Network.streamResourceContent",
        "Debugger.getScriptSource",
        "Runtime.getIsolateId",
    }
