"""What the panel shows of the native calls of a program, also while one hangs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.conftest import OpenPanel
from tests.e2e.panel import Panel, Row
from tests.e2e.patience import wait
from tests.e2e.watched import PROGRAMS, Watched, line_of
from tests.native.building import build

PROGRAM = "calls_native.py"
HANGS = 3600
"""Seconds; the program is killed before."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("native")
    build("backend", folder)
    options = ["--native", "backend:js__*", "--slow-native", "1us", str(PROGRAMS / PROGRAM)]
    with closing(Watched("run", *options, environment={"PYTHONPATH": str(folder)})) as watched:
        watched.wait_until_done()
        yield watched


@pytest.fixture(scope="module")
def panel(watched: Watched, open_panel: OpenPanel) -> Panel:
    panel = open_panel(watched)
    panel.wait_for_rows(lambda rows: len(rows) == 4)
    return panel


def named(rows: list[Row], name: str) -> Row | None:
    return next((row for row in rows if row.name == name), None)


def settle(panel: Panel) -> None:
    """Wait for the tab Payload, which comes a little after the others and moves them."""
    wait(panel.tabs, lambda titles: "Payload" in titles)


def test_a_call_is_a_row_with_its_arguments_and_its_result(panel: Panel) -> None:
    row = panel.row("js__named")
    assert (row.type, row.status) == ("ffi", "200")
    assert row.initiator == f"{PROGRAM}:{line_of(PROGRAM, 'js__named')}"
    panel.select("js__named")
    payload = panel.tab("Payload", "arguments", "page", "keywords", "times")
    assert "3" in payload
    panel.tab("Preview", "page")
    panel.tab("Headers", "CALL", "extension", "MainThread")
    panel.close_details()


def test_a_call_that_failed_is_red_and_says_why(panel: Panel) -> None:
    row = panel.row("js__fail")
    assert row.red
    assert "ValueError: broken" in row.status + row.status_detail
    panel.select("js__fail")
    panel.tab("Response", "Traceback", PROGRAM, "ValueError: broken")
    panel.close_details()


def test_what_it_calls_back_is_in_the_tab_event_stream(panel: Panel) -> None:
    panel.select("js__each")
    settle(panel)
    shown = panel.tab("EventStream", "[0]", "[1]", "[2]")
    assert "<lambda>" in shown
    panel.tab("Response", "event: returned", "data: 3")
    panel.close_details()


def test_a_kept_callback_is_shown_live_when_it_is_called(watched: Watched, panel: Panel) -> None:
    watched.tell("js__fire 7")
    panel.wait_for_rows(lambda rows: named(rows, "js__fire"))
    panel.open("js__keep")
    settle(panel)
    panel.tab("EventStream", "[7]")
    watched.tell("js__fire 8")
    panel.tab("EventStream", "[7]", "[8]")
    panel.close_details()
    row = named(panel.rows(), "js__keep")
    assert row is not None
    assert row.type != "ffi"
    assert not row.red


def test_a_slow_call_is_a_line_of_the_console_with_a_link_to_its_row(panel: Panel) -> None:
    lines = panel.console(lambda messages: any("slow native call" in m.text for m in messages))
    assert any(line.level == "warning" for line in lines)
    panel.follow_console_link()
    panel.show("Network")
    panel.close_details()


def test_a_call_that_hangs_is_pending_for_who_is_there_and_who_comes(
    watched: Watched, panel: Panel, open_panel: OpenPanel
) -> None:
    watched.tell(f"js__hold {HANGS}")
    for each in (panel, open_panel(watched)):
        each.wait_for_rows(lambda rows: named(rows, "js__hold"))
        row = named(each.rows(), "js__hold")
        assert row is not None
        assert (row.status, row.time) == ("(pending)", "Pending")
        each.open("js__hold")
        each.tab("Payload", "arguments", str(HANGS))
        each.close_details()
        each.console(lambda lines: any("going on" in line.text for line in lines))
        each.show("Network")


def test_when_the_program_is_killed_the_pending_row_says_so(watched: Watched, panel: Panel) -> None:
    watched.kill()
    rows = panel.wait_for_rows(lambda rows: (row := named(rows, "js__hold")) and row.red)
    row = named(rows, "js__hold")
    assert row is not None
    assert "killed or crashed" in row.status + row.status_detail
