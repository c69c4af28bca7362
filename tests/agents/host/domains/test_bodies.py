"""What front ends are given of bodies: decoded, searched, and with a word on what is missing."""

from __future__ import annotations

import base64
import gzip
from importlib import import_module
from typing import Any

import pytest

from tapscope.agents.host.content.codings import zstd_module
from tapscope.agents.host.domains.network.search import MAX_LINE, MAX_MATCHES
from tapscope.agents.host.store.budget import Budget
from tapscope.agents.link.messages import Limits
from tests.agents.host.programs import FakeProgram, FrontEnd, HeaderList, make_host, watching

brotli: Any = import_module("brotli")  # it has no stubs
zstd = zstd_module()

TEXT = '{"name": "café"}'
JSON = (b"Content-Type", b"application/json")
PLAIN = (b"Content-Type", b"text/plain")
PNG = (b"Content-Type", b"image/png")


def coded(*names: bytes) -> HeaderList:
    return (JSON, *((b"content-encoding", name) for name in names))


def asked(budget: Budget | None = None) -> tuple[FrontEnd, FakeProgram]:
    host = make_host(budget)
    return watching(host), FakeProgram(host)


@pytest.mark.parametrize(
    ("headers", "data"),
    [
        (coded(b"br"), brotli.compress(TEXT.encode())),
        (coded(b"zstd"), zstd.compress(TEXT.encode())),
        (coded(b"gzip, br"), brotli.compress(gzip.compress(TEXT.encode()))),
        (coded(b"gzip", b"zstd"), zstd.compress(gzip.compress(TEXT.encode()))),
    ],
)
def test_a_coded_body_is_given_decoded_and_counted_as_it_was_on_the_wire(
    headers: HeaderList, data: bytes
) -> None:
    live, program = asked()
    program.exchange(1, data, headers)
    for front_end in (live, watching(live.host)):
        answer = front_end.ask("Network.getResponseBody", requestId="1.1")
        assert answer == {"body": TEXT, "base64Encoded": False}
        [received] = front_end.told("dataReceived")
        assert received["dataLength"] == len(TEXT.encode())
        assert received["encodedDataLength"] == len(data)


@pytest.mark.parametrize("encoding", [b"br", b"zstd"])
def test_a_coded_body_is_streamed_decoded(encoding: bytes) -> None:
    front_end, program = asked()
    compress = brotli.compress if encoding == b"br" else zstd.compress
    data = compress(TEXT.encode())
    program.start(1)
    program.respond(1, headers=coded(encoding))
    program.receive(1, data[:5])
    buffered = front_end.ask("Network.streamResourceContent", requestId="1.1")
    program.receive(1, data[5:])
    told = [buffered["bufferedData"], *(t.get("data", "") for t in front_end.told("dataReceived"))]
    assert b"".join(map(base64.b64decode, told)).decode() == TEXT


@pytest.mark.parametrize("data", [b"no brotli", b"plain after all"])
def test_a_wrong_coding_is_shown_as_it_came_with_a_note_under_it(data: bytes) -> None:
    front_end, program = asked()
    program.exchange(1, data, (PLAIN, (b"Content-Encoding", b"br")))
    body = front_end.ask("Network.getResponseBody", requestId="1.1")["body"]
    note = "it is shown as it came: the content coding 'br'"
    assert body.startswith(f"{data.decode()}\n[tapscope: {note}")
    buffered = front_end.ask("Network.streamResourceContent", requestId="1.1")
    assert base64.b64decode(buffered["bufferedData"]) == data


@pytest.mark.parametrize(
    ("encoding", "encode"), [(b"gzip", gzip.compress), (b"br", brotli.compress)]
)
def test_a_request_that_was_sent_coded_is_given_decoded(encoding: bytes, encode: Any) -> None:
    front_end, program = asked()
    program.start(1, method="POST", headers=coded(encoding))
    for piece in (encode(TEXT.encode())[:7], encode(TEXT.encode())[7:]):
        program.send(1, piece)
    answer = front_end.ask("Network.getRequestPostData", requestId="1.1")
    assert answer == {"postData": TEXT, "base64Encoded": False}


def test_a_form_with_a_file_is_given_byte_by_byte() -> None:
    front_end, program = asked()
    form = b'--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n\x89\xff\r\n--B--'
    kind = (b"Content-Type", b"multipart/form-data; boundary=B")
    program.start(1, method="POST", headers=(kind,))
    program.send(1, form)
    answer = front_end.ask("Network.getRequestPostData", requestId="1.1")
    assert answer["base64Encoded"]
    assert base64.b64decode(answer["postData"]) == form


def said(front_end: FrontEnd) -> list[tuple[str, str | None]]:
    """What the Console was told, and the row that each line leads to."""
    entries = [told["entry"] for told in front_end.told("entryAdded")]
    calls = [told["args"][0]["value"] for told in front_end.told("consoleAPICalled")]
    return [
        *((entry["text"], entry.get("networkRequestId")) for entry in entries),
        *((text, None) for text in calls),
    ]


@pytest.mark.parametrize(("domain", "row"), [("Log", "1.1"), ("Runtime", None)])
def test_what_is_missing_of_bytes_is_said_once_in_the_console(domain: str, row: str | None) -> None:
    front_end, program = asked(Budget(body_bytes=5))
    front_end.ask(f"{domain}.enable")
    program.exchange(1, b"\x89PNG\xff1234", (PNG,))
    for _ in range(2):
        answer = front_end.ask("Network.getResponseBody", requestId="1.1")
        assert base64.b64decode(answer["body"]) == b"\x89PNG\xff"
    text = "tapscope: 5 of 9 bytes were kept: the limit for one body is 5 bytes"
    assert [line for line in said(front_end) if "were kept" in line[0]] == [(text, row)]


def test_a_front_end_that_wants_less_gets_less_and_others_all() -> None:
    host = make_host()
    modest, other, program = FrontEnd(host), watching(host), FakeProgram(host)
    modest.ask("Network.enable", maxResourceBufferSize=4, maxTotalBufferSize=12)
    for number in (1, 2):
        program.exchange(number, b"12345678", (PLAIN,))
    body = modest.ask("Network.getResponseBody", requestId="1.2")["body"]
    assert body.startswith("1234\n[tapscope: of 8 bytes that are kept this front end asked for 4")
    refused = modest.refusal("Network.getResponseBody", requestId="1.1")
    assert "12 bytes of the newest bodies (maxTotalBufferSize)" in refused["message"]
    for number in (1, 2):
        whole = other.ask("Network.getResponseBody", requestId=f"1.{number}")
        assert whole["body"] == "12345678"


def test_what_devtools_always_says_hides_nothing() -> None:
    host = make_host(Budget(body_bytes=300_000_000, total_bytes=600_000_000))
    front_end, program = FrontEnd(host), FakeProgram(host)
    front_end.ask("Network.enable", maxTotalBufferSize=262_144_000, maxPostDataSize=65_536)
    program.exchange(1, b"12345678", (PLAIN,))
    exchange = host.target.recorder.find(1, 1)
    assert exchange is not None
    exchange.response_body.kept = 300_000_000
    assert kept(front_end, 1) == [8]


@pytest.mark.parametrize("size", [-1, 0])
def test_a_front_end_that_wants_nothing_gets_a_note(size: int) -> None:
    host = make_host()
    front_end, program = FrontEnd(host), FakeProgram(host)
    front_end.ask("Network.enable", maxResourceBufferSize=size)
    program.exchange(1, b"12345678", (PLAIN,))
    body = front_end.ask("Network.getResponseBody", requestId="1.1")["body"]
    assert "this front end asked for 0" in body


LINES = "first Line\r\nsecond line\n\nthird\n"


@pytest.mark.parametrize(
    ("query", "options", "found"),
    [
        ("line", {}, [(0, "first Line"), (1, "second line")]),
        ("line", {"caseSensitive": True}, [(1, "second line")]),
        ("L.ne", {}, []),
        ("L.ne", {"isRegex": True}, [(0, "first Line"), (1, "second line")]),
        ("^(?<word>th)", {"isRegex": True}, [(3, "third")]),
        ("S\\w+", {"isRegex": True, "caseSensitive": True}, []),
        ("nothing", {}, []),
    ],
)
def test_a_body_is_searched_line_by_line(
    query: str, options: dict[str, bool], found: list[tuple[int, str]]
) -> None:
    front_end, program = asked()
    program.exchange(1, gzip.compress(LINES.encode()), (PLAIN, (b"content-encoding", b"gzip")))
    answer = front_end.ask("Network.searchInResponseBody", requestId="1.1", query=query, **options)
    assert [(each["lineNumber"], each["lineContent"]) for each in answer["result"]] == found


@pytest.mark.parametrize("query", ["(", "[a", "a{99999999999}", "(?P<1>)", "*"])
def test_what_is_no_regular_expression_is_refused_with_the_reason(query: str) -> None:
    front_end, program = asked()
    program.exchange(1, b"text", (PLAIN,))
    refused = front_end.refusal(
        "Network.searchInResponseBody", requestId="1.1", query=query, isRegex=True
    )
    assert refused["code"] == -32602
    assert "is no regular expression" in refused["message"]


def test_in_bytes_nothing_is_found() -> None:
    front_end, program = asked()
    program.exchange(1, b"\x89PNG\xff", (PNG,))
    assert front_end.ask("Network.searchInResponseBody", requestId="1.1", query="PNG") == {
        "result": []
    }


def test_of_very_many_lines_and_very_long_ones_some_are_given() -> None:
    front_end, program = asked()
    long = "x" * 50_000 + "needle" + "x" * 50_000
    program.exchange(1, "\n".join([long, *["needle"] * 5000]).encode(), (PLAIN,))
    result = front_end.ask("Network.searchInResponseBody", requestId="1.1", query="needle")[
        "result"
    ]
    assert len(result) == MAX_MATCHES
    assert len(result[0]["lineContent"]) == MAX_LINE
    assert "needle" in result[0]["lineContent"]


def kept(front_end: FrontEnd, *numbers: int) -> list[int]:
    """How many bytes there are of bodies of text; -1 for one that is not kept."""
    sizes: list[int] = []
    for number in numbers:
        result = front_end.answer("Network.getResponseBody", requestId=f"1.{number}").get("result")
        sizes.append(len(result["body"].partition("\n")[0]) if result else -1)
    return sizes


def test_a_program_says_how_much_is_kept_of_it_and_all_that_was() -> None:
    front_end, program = asked()
    program.exchange(1, b"x" * 100, (PLAIN,))
    program.say(Limits(total_bytes=80, body_bytes=50))
    program.exchange(2, b"x" * 100, (PLAIN,))
    assert kept(front_end, 1, 2) == [-1, 50]
    program.say(Limits(exchanges=1))
    assert kept(front_end, 1, 2) == [-1, 50]
    program.exchange(3, b"x" * 100, (PLAIN,))
    assert kept(front_end, 2, 3) == [-1, 100]


def test_what_is_let_go_is_told_in_the_console() -> None:
    front_end, program = asked(Budget(exchanges=2))
    front_end.ask("Runtime.enable")
    for number in range(1, 11):
        program.exchange(number, b"12345", (PLAIN,))
    told = [text for text, _ in said(front_end) if "so far let go" in text]
    assert [text.partition("go: ")[2].partition(",")[0] for text in told] == [
        "1 exchanges",
        "2 exchanges",
        "4 exchanges",
        "8 exchanges",
    ]
