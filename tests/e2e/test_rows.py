"""What the panel shows of work that is not HTTP, with and without a word from its domain."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import OpenPanel, Watch
from tests.e2e.panel import ConsoleMessage, Panel, Row
from tests.e2e.watched import Watched, line_of

PROGRAM = "works.py"
ROWS = [
    ("plain", "200", "2 lines", "text/plain"),
    ("smudged", "409", "1 lines", "text/plain"),
    ("under-secret", "200", "0 lines", "text/plain"),
    ("jam", "200", "OK", "sheet"),
    ("invoice for a\u2215b \uff037", "200", "OK", "invoice"),
    ("invoice for nobody", "(failed)", "LookupError: nobody is not known", "invoice"),
    ("invoice for never", "(canceled)", "", "invoice"),
    ("slow", "(pending)", "", "text/plain"),
]
INVOICE = ROWS[4][0]


@pytest.fixture(scope="module")
def watched(watch: Watch) -> Watched:
    """The program, whose last work goes on."""
    watched = watch(PROGRAM)
    watched.wait_until_done()
    return watched


@pytest.fixture(scope="module")
def panel(watched: Watched, open_panel: OpenPanel) -> Panel:
    """A panel that was opened then."""
    panel = open_panel(watched)
    panel.wait_for_rows(lambda rows: len(rows) == len(ROWS) and all(row.initiator for row in rows))
    panel.row("plain")
    return panel


def test_work_of_each_kind_is_a_row_but_for_what_its_domain_hides(panel: Panel) -> None:
    panel.close_details()

    def told(rows: list[Row]) -> list[tuple[str, str, str, str]]:
        return [(row.name, row.status, row.status_detail, row.type) for row in rows]

    panel.wait_for_rows(lambda rows: told(rows) == ROWS)


def test_what_failed_is_red(panel: Panel) -> None:
    panel.close_details()
    red = [row.name for row in panel.rows() if row.red]
    assert red == ["smudged", "invoice for nobody", "invoice for never"]


def test_of_a_domain_that_says_nothing_the_values_are_shown_as_trees(panel: Panel) -> None:
    panel.select(INVOICE)
    headers = panel.tab("Headers", "Request method\nINVOICE\n")
    assert "Provisional headers" not in headers
    panel.tab("Payload", "{items: [1, 2]}")
    panel.tab("Preview", "{answer: {pages: 2}, result: {total: 12}}")
    panel.tab("Response", '{"answer":{"pages":2},"result":{"total":12}}')


def test_a_domain_says_what_is_shown(panel: Panel) -> None:
    panel.select("plain")
    headers = panel.tab("Headers", "Request method\nPRESS\n", "x-lines\n2", "x-press\n7")
    assert "Provisional headers" not in headers
    panel.tab("Payload", "press plain")
    panel.tab("Response", "one\ntwo")
    panel.tab("Timing", "Waiting for server response", "Server Timing", "ink\n3.00 ms")


def test_headers_of_what_failed_are_not_provisional(panel: Panel) -> None:
    panel.select("invoice for nobody")
    assert "Provisional headers" not in panel.tab("Headers", "print-shop.invoice:///")


def test_a_domain_that_fails_to_say_it_is_told_of_in_the_console(panel: Panel) -> None:
    panel.close_details()
    messages = panel.console(lambda shown: any("Press" in each.text for each in shown))
    panel.show("Network")
    [message] = [each for each in messages if "Press" in each.text]
    assert message.level == "warning"
    assert "a sheet is stuck" in message.text


def test_a_click_on_the_initiator_opens_the_python_line(panel: Panel) -> None:
    source = panel.click_initiator("plain")
    panel.show("Network")
    assert (source.file, source.line) == (PROGRAM, line_of(PROGRAM, "the call to be found"))


def test_the_body_of_work_that_goes_on_grows_while_it_is_looked_at(
    panel: Panel, watched: Watched
) -> None:
    panel.close_details()
    panel.open("slow")
    panel.tab("Response", "line 0")
    for number in range(1, 5):
        watched.tell(f"line {number}")
        panel.tab("Response", f"line {number}")
    panel.close_details()
    assert panel.rows()[-1].status == "(pending)"
    watched.finish()
    row = panel.row("slow")
    assert (row.status, row.status_detail) == ("200", "5 lines")
    panel.select("slow")
    panel.tab("Response", "line 0\nline 1\nline 2\nline 3\nline 4")


def test_what_a_domain_says_in_the_console_leads_to_its_row(
    watch: Watch, open_panel: OpenPanel
) -> None:
    """What was said before the front end came is said once, as is what happens while it looks."""

    def smudged(messages: list[ConsoleMessage]) -> int:
        return sum("sheet is smudged" in each.text for each in messages)

    watched = watch(PROGRAM)
    watched.wait_until_done()
    panel = open_panel(watched)
    panel.row("plain")
    panel.console(smudged)
    panel.follow_console_link()
    panel.tab("Headers", "press://hall/floor/smudged\n")
    watched.tell("smudge")
    messages = panel.console(lambda messages: smudged(messages) > 1)
    assert smudged(messages) == 2


def test_the_front_end_met_no_error(panel: Panel) -> None:
    assert panel.page.complaints() == []
