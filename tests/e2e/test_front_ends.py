"""Front ends of each kind, in each order, around one program."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.e2e.chromium import Chromium
from tests.e2e.conftest import FrontEnd, OpenPanel, Watch
from tests.e2e.origin import Origin, closed_port
from tests.e2e.panel import Panel
from tests.e2e.patience import wait
from tests.e2e.watched import PROGRAMS, Watched, line_of


@pytest.mark.parametrize("front_end", ["worker_app", "js_app"])
def test_a_front_end_sees_what_happens_after_it_has_come(
    watch: Watch, open_panel: OpenPanel, origin: Origin, front_end: FrontEnd
) -> None:
    watched = watch("on_demand.py")
    panel = open_panel(watched, front_end)
    watched.tell(f"{origin.url}/record")
    assert panel.row("record").status == "200"
    watched.tell(f"{origin.url}/page")
    assert [row.name for row in panel.finished_rows(2)] == ["record", "page"]


@pytest.mark.parametrize("front_end", ["worker_app", "js_app"])
def test_a_front_end_that_comes_late_sees_the_history(
    watch: Watch, open_panel: OpenPanel, origin: Origin, front_end: FrontEnd
) -> None:
    watched = watch("on_demand.py")
    for path in ("/record", "/old"):
        watched.tell(origin.url + path)
    first = open_panel(watched)
    rows = first.finished_rows(3)

    late = open_panel(watched, front_end)
    assert late.finished_rows(3) == rows
    late.select("record")
    late.tab("Preview", "born: 1815")


def test_one_who_comes_late_is_told_where_exchanges_are_missing(
    open_panel: OpenPanel, origin: Origin
) -> None:
    program = str(PROGRAMS / "on_demand.py")
    with closing(Watched("run", "--max-exchanges", "2", program)) as watched:
        for path in ("/record", "/page", "/zipped", "/new"):
            watched.tell(origin.url + path)
        late = open_panel(watched)
        late.finished_rows(2)
        late.console(lambda lines: any("2 before this one are not kept" in e.text for e in lines))
        late.follow_console_link()
        late.show("Network")
        late.tab("Headers", "/zipped")


@pytest.mark.parametrize("front_end", ["worker_app", "js_app"])
def test_source_and_call_stack_are_the_same_in_each_front_end(
    watch: Watch, open_panel: OpenPanel, origin: Origin, front_end: FrontEnd
) -> None:
    watched = watch("on_demand.py")
    watched.tell(f"{origin.url}/page")
    panel = open_panel(watched, front_end)
    keyword = ("for", "token-keyword")
    source = panel.click_initiator("page", lambda source: keyword in source.tokens)
    assert (source.file, source.line) == ("on_demand.py", line_of("on_demand.py", "urlopen"))


def test_two_front_ends_at_once_see_the_same(
    watch: Watch, open_panel: OpenPanel, origin: Origin
) -> None:
    watched = watch("on_demand.py")
    panels = [open_panel(watched, "worker_app"), open_panel(watched, "js_app")]
    watched.tell(f"{origin.url}/record")
    for panel in panels:
        panel.row("record")
    for path in ("/page", "/zipped", "/old"):
        watched.tell(origin.url + path)
    one, other = (panel.finished_rows(5) for panel in panels)
    assert one == other
    for panel in panels:
        panel.select("zipped")
        panel.tab("Response", "All work and no play")


def test_a_body_is_readable_while_it_comes(
    watch: Watch, open_panel: OpenPanel, origin: Origin
) -> None:
    watched = watch("on_demand.py")
    panel = open_panel(watched)
    watched.tell(f"{origin.url}/drip")
    panel.wait_for_rows(lambda rows: [row.status for row in rows] == ["200"])
    panel.open("drip")
    assert panel.tab("Response", "first").endswith("first ")
    origin.finish_drip()
    panel.tab("Response", "first second")


def test_the_rows_of_a_killed_program_stay_readable(
    watch: Watch, open_panel: OpenPanel, origin: Origin
) -> None:
    watched = watch("on_demand.py")
    panel = open_panel(watched)
    watched.tell(f"{origin.url}/record")
    panel.row("record")
    watched.kill()

    late = open_panel(watched)
    for front_end in (panel, late):
        front_end.select("record")
        front_end.tab("Preview", "born: 1815")
        assert front_end.click_initiator("record").file == "on_demand.py"


@pytest.mark.parametrize("front_end", ["worker_app", "js_app"])
def test_a_program_that_is_started_again_is_one_click_away(
    open_panel: OpenPanel, origin: Origin, front_end: FrontEnd
) -> None:
    command = ["run", "--port", str(closed_port()), str(PROGRAMS / "on_demand.py")]
    with closing(Watched(*command)) as watched:
        panel = open_panel(watched, front_end)
        watched.tell(f"{origin.url}/record")
        panel.row("record")
    with closing(Watched(*command)) as again:
        assert again.address == watched.address
        again.tell(f"{origin.url}/page")
        panel.reconnect()
        assert [row.name for row in panel.finished_rows(1)] == ["page"]


def test_the_rows_of_a_finished_program_stay_readable(
    watch: Watch, open_panel: OpenPanel, origin: Origin
) -> None:
    watched = watch("on_demand.py")
    panel = open_panel(watched)
    watched.tell(f"{origin.url}/record")
    panel.row("record")
    assert watched.finish() == 0
    panel.select("record")
    panel.tab("Preview", "born: 1815")


def test_chrome_inspect_finds_the_program_and_opens_it(
    watch: Watch, browser: Chromium, origin: Origin
) -> None:
    watched = watch("on_demand.py")
    watched.tell(f"{origin.url}/record")
    devices = browser.open("chrome://inspect/#devices")
    discover = f"chrome.send('set-tcp-discovery-config', [['127.0.0.1:{watched.port}']])"
    devices.evaluate(f"(chrome.send('set-discover-tcp-targets-enabled', [true]), {discover})")
    wait(lambda: devices.evaluate("document.body.innerText"), lambda text: "on_demand.py" in text)

    rows = "[...document.querySelectorAll('.row')]"
    row = f"{rows}.find(row => row.checkVisibility() && row.innerText.includes('on_demand.py'))"
    devices.evaluate(f"{row}.querySelector('.action').click()")
    page = wait(lambda: browser.find("devtools://devtools/bundled/js_app.html?remoteBase="))
    assert page
    panel = Panel(page)
    panel.show("Network")
    assert panel.row("record").status == "200"
    devices.close()
    page.close()
