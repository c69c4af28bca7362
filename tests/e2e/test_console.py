"""What the Console shows of what a program logs."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import FrontEnd, OpenPanel, Watch
from tests.e2e.origin import Origin
from tests.e2e.panel import ConsoleMessage, Panel
from tests.e2e.watched import line_of

PROGRAM = "with_logging.py"


@pytest.fixture(scope="module", params=["worker_app", "js_app"])
def panel(request: pytest.FixtureRequest, watch: Watch, open_panel: OpenPanel) -> Panel:
    """A panel on a program that has logged before it came."""
    front_end: FrontEnd = request.param
    watched = watch(PROGRAM)
    watched.wait_until_done()
    panel = open_panel(watched, front_end)
    panel.finished_rows(2)
    return panel


def messages(panel: Panel) -> list[ConsoleMessage]:
    """All that it logged, up to the last."""
    return panel.console(lambda shown: any("no answer" in each.text for each in shown))


def test_records_are_lines_with_their_levels_and_loggers(panel: Panel) -> None:
    """Those of debug are hidden until somebody asks for verbose lines."""
    shown = [(each.level, each.text) for each in messages(panel)]
    assert shown[:3] == [
        ("info", "shop.orders open for business"),
        ("warning", "shop.orders the ink is low"),
        ("error", "shop.till the till is stuck"),
    ]


def test_warnings_are_lines_as_well(panel: Panel) -> None:
    shown = [(each.level, each.text) for each in messages(panel)]
    assert ("warning", "py.warnings DeprecationWarning: ink is old") in shown


@pytest.mark.parametrize(
    ("line", "place"), [("the ink is low", "the line to be found"), ("ink is old", "where it was")]
)
def test_a_line_leads_to_the_source(panel: Panel, line: str, place: str) -> None:
    there = PROGRAM, line_of(PROGRAM, place)
    panel.click_console_source(line, lambda source: (source.file, source.line) == there)


def test_an_exception_has_its_traceback_and_leads_to_the_row_of_the_request(panel: Panel) -> None:
    [thrown] = [each for each in messages(panel) if "no answer" in each.text]
    assert thrown.level == "error"
    assert "shop.orders no answer for /orders" in thrown.text
    assert "Traceback (most recent call last):" in thrown.text
    assert "raise LookupError" in thrown.text
    panel.follow_console_link()
    assert "http://127.0.0.1" in panel.tab("Headers", "/orders#")
    panel.close_details()


def test_a_stack_goes_on_where_the_task_and_the_thread_were_started(
    origin: Origin, watch: Watch, open_panel: OpenPanel
) -> None:
    """From when DevTools is there: it asks for that, and nobody else does."""
    program = "with_tasks.py"
    watched = watch(program)
    watched.wait_until_done()
    panel = open_panel(watched)
    watched.tell(f"{origin.url}/zipped")
    panel.row("zipped")
    watched.tell(f"{origin.url}/record")
    panel.select("record")
    wanted = [
        f"{program}:{line_of(program, place)}"
        for place in ("# the request", "# the thread", "# the task", "# the group")
    ]
    names = ("executor.submit", "asyncio.create_task")
    shown = panel.tab("Initiator", *names, *wanted).split("\n")
    assert [line for line in shown if line in wanted] == wanted


@pytest.fixture(scope="module")
def made(watch: Watch, open_panel: OpenPanel) -> Panel:
    """A panel on a program whose code is in no files."""
    watched = watch("with_made_code.py")
    watched.wait_until_done()
    return open_panel(watched)


@pytest.mark.parametrize(
    ("line", "number", "text"),
    [
        ("from a cell", 2, "log.warning('from a cell')"),
        ("from a zip file", 3, "log.warning('from a zip file')"),
        ("from nowhere", 2, "its text was not kept"),
    ],
)
def test_code_that_is_in_no_file_is_shown_or_it_says_why_not(
    made: Panel, line: str, number: int, text: str
) -> None:
    keyword = ("def", "token-keyword")
    source = made.click_console_source(
        line,
        lambda source: (
            source.line == number
            and text in source.text
            and (keyword in source.tokens or line == "from nowhere")
        ),
    )
    assert (keyword in source.tokens) is (line != "from nowhere")
