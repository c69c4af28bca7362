"""What the panel shows of requests that a program answers, and of what they cause."""

from __future__ import annotations

import http.client
import json

import attrs
import pytest

from tests.e2e.conftest import OpenPanel, Watch
from tests.e2e.initiators import read_initiators
from tests.e2e.origin import Origin, closed_port
from tests.e2e.panel import Panel
from tests.e2e.patience import wait
from tests.e2e.watched import line_of

PROGRAM = "answers_requests.py"
REQUESTS = 200
ROWS = [
    ("orders?of=ada", "document", "201"),
    ("record?for=tea", "xhr", "200"),
    ("invoice for tea", "invoice", "200"),
    ("orders?of=ada", "document", "201"),
    ("record?for=cake", "xhr", "200"),
    ("invoice for cake", "invoice", "200"),
    ("broken", "document", "(failed)"),
    ("old", "document", "302"),
]


@attrs.frozen
class Asked:
    """A program that was asked while a panel showed it, and where it answers."""

    panel: Panel
    url: str
    client_port: int


@pytest.fixture(scope="module")
def asked(watch: Watch, open_panel: OpenPanel, origin: Origin) -> Asked:
    """Two orders for one URL, a request that fails, and one that is redirected."""
    port = closed_port()
    watched = watch(PROGRAM, str(port), origin.url)
    watched.wait_until_done()
    panel = open_panel(watched)
    client_port, *_ = [
        ask(port, "POST", "/orders?of=ada", {"item": "tea"}),
        ask(port, "POST", "/orders?of=ada", {"item": "cake"}),
        ask(port, "GET", "/broken"),
        ask(port, "GET", "/old"),
    ]
    panel.finished_rows(len(ROWS))
    return Asked(panel, f"http://127.0.0.1:{port}", client_port)


def ask(port: int, method: str, path: str, value: object = None) -> int:
    """Send a request, wait for the answer, and return the port it was sent from."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    client_port: int = connection.sock.getsockname()[1]
    body = json.dumps(value) if value else None
    connection.request(method, path, body, {"Content-Type": "application/json"})
    connection.getresponse().read()
    connection.close()
    return client_port


def test_incoming_requests_are_documents_among_what_they_cause(asked: Asked) -> None:
    asked.panel.close_details()
    assert [(row.name, row.type, row.status) for row in asked.panel.rows()] == ROWS


def test_a_failure_of_the_application_is_a_red_row_that_says_so(asked: Asked) -> None:
    asked.panel.close_details()
    row = asked.panel.row("broken")
    assert row.red
    assert row.status_detail == "LookupError: no such shelf"


def test_headers_are_those_of_both_sides_and_the_address_is_the_clients(asked: Asked) -> None:
    asked.panel.select("orders?of=ada")
    headers = asked.panel.tab("Headers", "x-shelf")
    assert "Provisional headers" not in headers
    assert f"Request URL\n{asked.url}/orders?of=ada\nRequest method\nPOST\n" in headers
    assert "\n201 Created\n" in headers
    assert f"\nRemote address\n127.0.0.1:{asked.client_port}\n" in headers
    assert "\nx-shelf\n7\n" in headers
    assert f"\nhost\n{asked.url.removeprefix('http://')}" in headers


def test_the_payload_is_what_the_program_received(asked: Asked) -> None:
    asked.panel.select("orders?of=ada")
    asked.panel.tab("Payload", "Query string parameters", "of\nada", '{item: "tea"}')


def test_the_response_is_what_the_program_sent(asked: Asked) -> None:
    asked.panel.select("orders?of=ada")
    asked.panel.tab("Preview", '{item: "tea", for: "Ada"}')
    asked.panel.tab("Response", '{"item": "tea", "for": "Ada"}')


def test_the_time_it_waited_is_that_which_the_program_took(asked: Asked) -> None:
    asked.panel.select("orders?of=ada")
    lines = asked.panel.tab("Timing", "Waiting for server response").split("\n")
    lengths = {name: lines[lines.index(name) + 1] for name in ("Stalled", "Request sent")}
    assert {text.rpartition(" ")[2] for text in lengths.values()} == {"μs"}
    waited = lines[lines.index("Waiting for server response") + 1]
    assert waited.rpartition(" ")[2] in {"ms", "s"}


def test_what_a_request_caused_hangs_under_it(asked: Asked) -> None:
    asked.panel.select("orders?of=ada")
    tree = asked.panel.tab("Initiator", "Request initiator chain", "invoice for tea")
    lines = tree.split("\n")
    chain = lines[lines.index("Request initiator chain") + 1 :]
    assert chain[0] == f"{asked.url}/orders?of=ada"
    assert chain[1].endswith("/record?for=tea")
    assert chain[2:] == ["print-shop.invoice:///invoice for tea"]


def test_what_the_next_one_for_the_same_url_caused_does_not(asked: Asked) -> None:
    asked.panel.select("record?for=cake")
    lines = asked.panel.tab("Initiator", "Request initiator chain", "for=cake").split("\n")
    chain = lines[lines.index("Request initiator chain") + 1 :]
    assert chain[0].startswith(f"{asked.url}/orders?of=ada#")
    assert chain[1].endswith("/record?for=cake")


def test_what_was_caused_has_its_stack_as_well(asked: Asked) -> None:
    asked.panel.select("record?for=tea")
    call = f"{PROGRAM}:{line_of(PROGRAM, 'the call to be found')}"
    stack = asked.panel.tab("Initiator", "Request call stack", call).split("\n")
    assert stack[1:4] == ["ask", "@", call]


def test_the_front_end_met_no_error(asked: Asked) -> None:
    assert asked.panel.page.complaints() == []


def test_of_two_hundred_at_once_each_has_its_own(watch: Watch, open_panel: OpenPanel) -> None:
    """Nothing hangs under the wrong one: not in a task, a thread, or under what was caused."""
    watched = watch("two_hundred_at_once.py")
    watched.wait_until_done()
    panel = open_panel(watched)
    rows = wait(lambda: read_initiators(panel), lambda rows: len(rows) == 5 * REQUESTS)
    incoming = [row for row in rows if row.type == "document"]
    assert {row.label: row.caused for row in incoming} == {
        str(number): [
            f"print-shop.invoice:///invoice {number}",
            f"http://stock/items {number}",
            f"print-shop.invoice:///copy {number}",
            f"print-shop.invoice:///letter {number}",
        ]
        for number in range(REQUESTS)
    }
    assert len({row.url for row in incoming}) == REQUESTS
