"""What the panel shows of event streams: the rows, and the tab EventStream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import attrs
import pytest

from tests.e2e.conftest import OpenPanel, Watch
from tests.e2e.events import Events
from tests.e2e.panel import Panel
from tests.e2e.watched import Watched, line_of

PROGRAM = "reads_event_streams.py"
CLIENTS = [("httpx", "# the first call"), ("requests", "# the second call")]


@attrs.frozen
class Seen:
    """A program that reads event streams, and a panel that was there from the beginning."""

    watched: Watched
    panel: Panel
    events: Events


@pytest.fixture(scope="module")
def seen(watch: Watch, open_panel: OpenPanel) -> Iterator[Seen]:
    with closing(Events()) as events:
        watched = watch(PROGRAM, events.url)
        watched.wait_until_done()
        yield Seen(watched, open_panel(watched), events)
        for client, _ in CLIENTS:
            events.tell(f"/{client}", "")


@pytest.mark.parametrize(("client", "call"), CLIENTS)
def test_events_appear_as_they_come_and_for_one_who_comes_late(
    client: str, call: str, seen: Seen, open_panel: OpenPanel
) -> None:
    path = f"/{client}"
    seen.events.tell(path, "id: 7\nevent: tick\ndata: first\ndata: line two\n\n")
    seen.panel.wait_for_rows(lambda rows: [row for row in rows if row.name == client])
    seen.panel.open(client)
    shown = seen.panel.tab("EventStream", "7\ntick\nfirst\nline two\n")
    assert shown.count("tick") == 1
    seen.events.tell(path, ": nothing\n\ndata: sec")
    seen.events.tell(path, "ond grüß dich\n\n")
    shown = seen.panel.tab("EventStream", "7\nmessage\nsecond grüß dich\n")
    assert shown.count("grüß dich") == 1

    late = open_panel(seen.watched)
    late.wait_for_rows(lambda rows: [row for row in rows if row.name == client])
    late.open(client)
    assert late.tab("EventStream", "grüß dich") == shown

    seen.events.tell(path, "")
    seen.panel.close_details()
    row = seen.panel.row(client)
    assert (row.status, row.type) == ("200", "eventsource")
    assert row.initiator == f"{PROGRAM}:{line_of(PROGRAM, call)}"
    for panel in (seen.panel, late):
        panel.select(client)
        assert panel.tabs() == ["Headers", "EventStream", "Response", "Initiator", "Timing"]
        assert "data: second grüß dich" in panel.tab("Response", "data: second")
        assert panel.page.complaints() == []
        panel.close_details()
