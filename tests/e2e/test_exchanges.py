"""What the panel shows of each kind of exchange, for each library that is tapped."""

from __future__ import annotations

import attrs
import pytest

from tests.e2e.conftest import OpenPanel, Watch
from tests.e2e.origin import ANSWERS, PAGE, TEXT, Origin, closed_port
from tests.e2e.panel import Panel
from tests.e2e.watched import PROGRAMS, line_of

CLIENTS = [
    "with_http_client.py",
    "with_urllib.py",
    "with_requests.py",
    "with_httpx.py",
    "with_httpx_on_asyncio.py",
    "with_httpx_on_trio.py",
]
ROWS = [
    ("record?name=ada", "200"),
    ("page", "200"),
    ("picture.png", "200"),
    ("zipped", "200"),
    ("form", "200"),
    ("submit", "201"),
    ("old", "302"),
    ("new", "200"),
    ("refused", "(failed)"),
]


@attrs.frozen
class Seen:
    """A program that has made its requests, and the panel that shows them."""

    program: str
    panel: Panel
    origin: Origin


@pytest.fixture(scope="module", params=CLIENTS)
def seen(
    request: pytest.FixtureRequest, watch: Watch, open_panel: OpenPanel, origin: Origin
) -> Seen:
    """Each program in turn, seen by a front end that was opened when it had finished."""
    watched = watch(request.param, origin.url, f"http://127.0.0.1:{closed_port()}")
    watched.wait_until_done()
    panel = open_panel(watched)
    panel.finished_rows(len(ROWS))
    return Seen(request.param, panel, origin)


def test_one_request_is_one_row_in_order(seen: Seen) -> None:
    seen.panel.close_details()
    rows = seen.panel.rows()
    assert [(row.name, row.status) for row in rows] == ROWS
    assert {row.type for row in rows} <= {"xhr", "xhr / Redirect"}


def test_rows_tell_protocol_and_remote_address(seen: Seen) -> None:
    seen.panel.close_details()
    answered = [row for row in seen.panel.rows() if row.name != "refused"]
    assert {row.protocol for row in answered} == {"http/1.1"}
    assert {row.remote_address for row in answered} == {f"127.0.0.1:{seen.origin.port}"}


def test_headers_are_those_that_were_sent_and_received(seen: Seen) -> None:
    seen.panel.select("record?name=ada")
    headers = seen.panel.tab("Headers", "x-asked-by")
    assert "Provisional headers" not in headers
    assert f"\nhost\nlocalhost:{seen.origin.port}\n" in headers
    assert f"{seen.origin.url}/record?name=ada\n" in headers
    assert f"\nRemote address\n127.0.0.1:{seen.origin.port}\n" in headers
    assert "\ncontent-type\napplication/json\n" in headers
    assert "\nserver\norigin\n" in headers


def test_headers_of_a_request_that_failed_are_not_provisional(seen: Seen) -> None:
    seen.panel.select("refused")
    headers = seen.panel.tab("Headers", "host\n127.0.0.1:")
    assert "Provisional headers" not in headers


def test_a_form_is_shown_as_fields(seen: Seen) -> None:
    seen.panel.select("form")
    seen.panel.tab("Payload", "Form data", "name\nAda\nnote\na & b")


def test_a_json_payload_is_shown_as_a_tree(seen: Seen) -> None:
    seen.panel.select("submit")
    seen.panel.tab("Payload", "Request payload", "{numbers: [1, 2]}")


def test_a_query_is_shown_as_fields(seen: Seen) -> None:
    seen.panel.select("record?name=ada")
    seen.panel.tab("Payload", "Query string parameters", "name\nada")


def test_json_is_shown_as_a_tree_and_as_text(seen: Seen) -> None:
    seen.panel.select("record?name=ada")
    seen.panel.tab("Preview", "born: 1815", "machines")
    seen.panel.tab("Response", '"machines": ["difference", "analytical"]')


def test_html_is_rendered_and_shown_as_text(seen: Seen) -> None:
    seen.panel.select("page")
    seen.panel.tab("Preview", PAGE)
    seen.panel.tab("Response", "<h1>Hello from the origin</h1>")


def test_a_picture_is_shown(seen: Seen) -> None:
    seen.panel.select("picture.png")
    assert seen.panel.picture() == (40, 30)


def test_a_compressed_text_is_shown_decompressed(seen: Seen) -> None:
    seen.panel.select("zipped")
    seen.panel.tab("Response", "All work and no play makes a dull text.")


def test_the_size_of_a_compressed_text_is_told_as_transferred_and_as_it_is(seen: Seen) -> None:
    seen.panel.close_details()
    row = seen.panel.row("zipped")
    wire = len(ANSWERS["/zipped"].body)
    assert row.size_detail == f"{len(TEXT) / 1000:.1f} kB"
    assert wire / 1000 < float(row.size.removesuffix(" kB")) < (wire + 500) / 1000


def test_a_redirect_that_was_followed_leads_to_its_second_row(seen: Seen) -> None:
    seen.panel.close_details()
    old, new = seen.panel.row("old"), seen.panel.row("new")
    if seen.program == "with_http_client.py":  # which follows none: the program asks again itself
        assert (old.type, new.type) == ("xhr", "xhr")
        assert new.initiator.startswith("with_http_client.py:")
        return
    assert old.type == "xhr / Redirect"
    assert new.initiator == f"localhost:{seen.origin.port}/old"
    seen.panel.select("new")
    seen.panel.tab("Initiator", "Request call stack", "Request initiator chain", "/old", "/new")


def test_a_refused_connection_is_a_red_row_that_says_so(seen: Seen) -> None:
    seen.panel.close_details()
    row = seen.panel.row("refused")
    assert row.red
    # httpx tells of attempts, and leaves the reason out.
    assert "refused" in row.status_detail.lower() or "attempts" in row.status_detail


def test_a_click_on_the_initiator_opens_the_python_line(seen: Seen) -> None:
    call = line_of(seen.program, "the call to be found")
    seen.panel.close_details()
    assert seen.panel.row("page").initiator == f"{seen.program}:{call}"

    coloured = {("def", "token-keyword"), ("# the call to be found", "token-comment")}
    source = seen.panel.click_initiator("page", lambda source: coloured <= set(source.tokens))
    seen.panel.show("Network")
    assert (source.file, source.line) == (seen.program, call)
    assert source.line_text in (PROGRAMS / seen.program).read_text()


def test_the_call_stack_is_that_of_the_program(seen: Seen) -> None:
    seen.panel.select("page")
    call = f"{seen.program}:{line_of(seen.program, 'the call to be found')}"
    made = f"{seen.program}:{line_of(seen.program, '/page')}"
    stack = seen.panel.tab("Initiator", "Request call stack", call, made).split("\n")
    assert stack[1:4] == ["fetch", "@", call]
    assert stack[5:7] == ["@", made]


def test_the_front_end_met_no_error(seen: Seen) -> None:
    assert seen.panel.page.complaints() == []
