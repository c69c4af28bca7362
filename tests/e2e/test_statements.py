"""What the panel shows of the statements that a program sends to its database."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import OpenPanel, Watch
from tests.e2e.panel import Panel
from tests.e2e.watched import line_of

QUERY = ":memory:?SELECT id, name FROM users WHERE name >= :name"
INSERT = ":memory:?INSERT INTO users (name, photo) VALUES (?, ?)"
WRONG = ":memory:?SELECT a/b FROM nowhere WHERE x = '?'"


@pytest.fixture(scope="module")
def panel(watch: Watch, open_panel: OpenPanel) -> Panel:
    """A panel on a program that has sent its statements."""
    watched = watch("with_sqlite3.py")
    watched.wait_until_done()
    panel = open_panel(watched)
    panel.finished_rows(4)
    return panel


def test_a_statement_is_a_row_with_its_own_words(panel: Panel) -> None:
    panel.close_details()
    rows = panel.rows()
    assert [row.name for row in rows][1:] == [INSERT, QUERY, WRONG]
    assert {row.type for row in rows[:3]} == {"sql"}
    assert [row.status_detail for row in rows[1:3]] == ["2 rows changed", "2 rows"]


def test_a_statement_that_failed_is_red_and_says_why(panel: Panel) -> None:
    panel.close_details()
    row = panel.row(WRONG)
    assert row.red
    assert "no such table: nowhere" in row.status + row.status_detail


def test_the_payload_is_the_statement_with_its_parameters(panel: Panel) -> None:
    panel.select(QUERY)
    payload = panel.tab("Payload", "statement", "parameters", "Ada")
    assert "SELECT id, name FROM users WHERE name >= :name" in payload


def test_the_preview_is_the_rows_that_the_program_fetched(panel: Panel) -> None:
    panel.select(QUERY)
    panel.tab("Preview", "Ada", "Bob")
    panel.tab("Response", '"name":"Ada"')


def test_the_initiator_leads_to_the_line_of_the_program(panel: Panel) -> None:
    source = panel.click_initiator(QUERY)
    assert source.file == "with_sqlite3.py"
    assert source.line == line_of("with_sqlite3.py", "SELECT id, name")
    panel.show("Network")
