"""HAR files: ours beside DevTools' own of the same traffic, and ours read by DevTools."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import attrs
import pytest

from tapscope.agents.host.har import SECRET
from tests.e2e.chromium import Chromium
from tests.e2e.conftest import OpenPanel
from tests.e2e.echo import Echo
from tests.e2e.events import Events
from tests.e2e.har_panel import exported, imported
from tests.e2e.origin import ANSWERS, RECORD, TEXT, Answer, Origin, closed_port
from tests.e2e.panel import Panel
from tests.e2e.watched import PROGRAMS, Watched
from tests.har_schema import HarSchema

Json = dict[str, Any]

EVENT = "id: 7\nevent: tick\ndata: tock\n\n"
ROWS = [
    ("record?name=ada&tag=a+b", "200", "xhr"),
    ("cookies", "200", "xhr"),
    ("picture.png", "200", "xhr"),
    ("zipped", "200", "xhr"),
    ("form", "200", "xhr"),
    ("submit", "201", "xhr"),
    ("old", "302", "xhr"),
    ("new", "200", "xhr"),
    ("stream", "200", "eventsource"),
    ("talk", "101", "websocket"),
    ("refused", "(failed)", "xhr"),
]

ROUNDED = 0.01  # milliseconds
DATE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")

# By the end of the request's path and the field's; docs/recording.md has the same list.
DEVIATIONS = {
    r"\S+ time": "the sum of the phases, of which some differ",
    r"\S+ timings\.(blocked|_blocked_queueing)": "DevTools loses the time before the first phase",
    r"\S+ timings\.connect": "DevTools counts the look-up of the name a second time",
    r"\S+ timings\._worker\w+": "no service worker is here",
    r"\S+ response\._fetchedViaServiceWorker": "no service worker is here",
    r"\S+ request\.headersSize": "DevTools leaves out the empty line at the end",
    r"\S+ request\.queryString\[1\]\.value": "DevTools leaves it encoded",
    r"\S+ request\.postData\.params\[1\]\.value": "DevTools leaves it encoded",
    r"\S+ pageref": "the process; DevTools has the pages of a browser",
    r"\S+ request\.cookies\[\d\]\.\w+": "only names and values are sent; the rest is made up",
    r"\S+ response\.cookies\[0\]\.domain": "it was not sent",
    r"(refused|talk) serverIPAddress": "the format asks for an address, and there is none",
    r"old response\.(_transferSize|bodySize|content\.\w+)": "DevTools drops a redirect's body",
    r"talk response\.(_transferSize|bodySize|content\.compression)": "less than nothing",
    r"talk timings\.(wait|receive)": "for DevTools it waits until its last message",
    r"old timings\.receive": "for DevTools it ends when the next request begins",
}


@attrs.frozen
class Seen:
    """What a program did: in our file, in DevTools' file, and in a panel that was there."""

    ours: Json
    theirs: Json
    panel: Panel


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="module")
def words(origin: Origin) -> Iterator[list[str]]:
    """The program and its arguments."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        cookie = ("Set-Cookie", "basket=full; Path=/; HttpOnly; SameSite=Lax")
        patch.setitem(ANSWERS, "/cookies", Answer(b"yum", header=cookie))
        events = stack.enter_context(closing(Events()))
        for text in (EVENT, "", EVENT, ""):
            events.tell("/stream", text)
        echo = stack.enter_context(closing(Echo()))
        nobody = f"http://127.0.0.1:{closed_port()}"
        yield [str(PROGRAMS / "does_everything.py"), origin.url, events.url, echo.url, nobody]


@pytest.fixture(scope="module")
def seen(words: list[str], folder: Path, open_panel: OpenPanel) -> Seen:
    path = folder / "out.har"
    options = [f"-o{path}", "--with-secrets", "--live"]
    with closing(Watched("record", *options, *words)) as watched:
        watched.wait_until_done()
        panel = open_panel(watched)
        panel.finished_rows(len(ROWS))
        theirs = exported(panel, sanitize=False)
        assert watched.finish() == 0
        assert watched.errors() == f"tapscope: {path} has {len(ROWS)} exchanges\n"
        return Seen(json.loads(path.read_bytes()), theirs, panel)


@pytest.fixture(scope="module")
def panel(browser: Chromium, seen: Seen) -> Iterator[Panel]:
    """A panel that has imported our file."""
    panel = imported(browser, json.dumps(seen.ours))
    with closing(panel.page):
        panel.finished_rows(len(ROWS))
        yield panel


def flat(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Each value in *value* with its path, ``request.headers[2].name``."""
    if isinstance(value, dict):
        for name, each in cast("Json", value).items():
            yield from flat(each, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        listed = cast("Sequence[object]", value)
        yield f"{path}.length", len(listed)
        for index, each in enumerate(listed):
            yield from flat(each, f"{path}[{index}]")
    else:
        yield path, value


def equal(ours: object, theirs: object) -> bool:
    if isinstance(ours, str) and isinstance(theirs, str) and DATE.fullmatch(ours):
        apart = datetime.fromisoformat(ours) - datetime.fromisoformat(theirs)
        # DevTools has rounded the time before it leaves out what is less than a millisecond.
        return abs(apart) <= timedelta(milliseconds=1)
    if isinstance(ours, float | int) and isinstance(theirs, float | int):
        return math.isclose(ours, theirs, abs_tol=ROUNDED)
    return ours == theirs


def by_name(har: Json) -> dict[str, Json]:
    """The entries by the last parts of their URLs' paths."""
    return {urlsplit(str(e["request"]["url"])).path[1:]: e for e in har["log"]["entries"]}


def differences(seen: Seen) -> Iterator[tuple[str, str]]:
    """What differs, ``old response.bodySize``, and how."""
    ours, theirs = by_name(seen.ours), by_name(seen.theirs)
    assert ours.keys() == theirs.keys()
    for name in theirs:
        mine, its = dict(flat(ours[name])), dict(flat(theirs[name]))
        for path in sorted(mine.keys() | its.keys()):
            if not equal(mine.get(path), its.get(path)):
                yield f"{name} {path}", f"{mine.get(path)!r}, not {its.get(path)!r}"


def test_each_field_is_what_devtools_would_have_written(seen: Seen) -> None:
    unknown = [
        f"{path}: {how}"
        for path, how in differences(seen)
        if not any(re.fullmatch(pattern, path) for pattern in DEVIATIONS)
    ]
    assert "\n".join(unknown) == ""


def test_each_deviation_is_one(seen: Seen) -> None:
    different = [path for path, _ in differences(seen)]
    stale = [
        pattern
        for pattern in DEVIATIONS
        if not any(re.fullmatch(pattern, path) for path in different)
    ]
    assert stale == []


def test_the_same_is_left_out_without_secrets(seen: Seen) -> None:
    theirs = by_name(exported(seen.panel, sanitize=True))["cookies"]
    told = theirs["request"]["headers"] + theirs["response"]["headers"]
    names = {header["name"].lower() for header in told}
    assert names.isdisjoint(SECRET)
    assert theirs["request"]["cookies"] == theirs["response"]["cookies"] == []


def test_all_of_it_is_valid(seen: Seen, har_schema: HarSchema) -> None:
    assert har_schema.complaints(seen.ours) == []


def test_devtools_imports_each_exchange_as_a_row(panel: Panel) -> None:
    panel.close_details()
    rows = panel.rows()
    # Its import knows of no errors.
    failed = ("refused", "Finished", "xhr")
    # Those of one millisecond may change places: its dates have no more.
    assert {(row.name, row.status, row.type) for row in rows} == {*ROWS[:-1], failed}
    assert panel.page.complaints() == []


def test_devtools_imports_bodies(panel: Panel) -> None:
    panel.select("record?name=ada&tag=a+b")
    assert str(RECORD["name"]) in panel.tab("Response", "Ada")
    panel.select("zipped")
    assert TEXT[:30] in panel.tab("Response", TEXT[:30])
    panel.select("picture.png")
    assert panel.picture() == (40, 30)
    panel.select("form")
    assert "a & b" in panel.tab("Payload", "Ada")


def test_devtools_imports_cookies(panel: Panel) -> None:
    panel.select("cookies")
    assert "Cookies" in panel.tabs()
    assert "theme=dark" in panel.tab("Headers", "theme=dark")


def test_devtools_imports_the_timing(panel: Panel) -> None:
    panel.select("record?name=ada&tag=a+b")
    shown = panel.tab("Timing", "Waiting for server response")
    assert {"DNS lookup", "Initial connection", "Request sent", "Content download"} <= set(
        shown.split("\n")
    )


def test_devtools_imports_the_messages_of_a_socket(panel: Panel) -> None:
    panel.select("talk")
    shown = panel.tab("Messages", "grüß dich", "Binary message")
    assert shown.count("grüß dich") == shown.count("Binary message") == 2


def test_devtools_imports_the_events_of_a_stream(panel: Panel) -> None:
    panel.select("stream")
    assert "7\ntick\ntock\n" in panel.tab("EventStream", "tock")


def test_a_replayed_trace_is_shown_as_the_program_was(
    words: list[str], folder: Path, open_panel: OpenPanel
) -> None:
    path = folder / "out.jsonl"
    with closing(Watched("record", f"-o{path}", "--live", *words)) as watched:
        watched.wait_until_done()
        live = open_panel(watched)
        rows = live.finished_rows(len(ROWS))
    with closing(Watched("replay", str(path))) as watched, ExitStack() as stack:
        stack.callback(watched.kill)
        again = open_panel(watched)
        assert again.finished_rows(len(ROWS)) == rows
        again.select("record?name=ada&tag=a+b")
        assert str(RECORD["name"]) in again.tab("Response", "Ada")
        again.select("form")
        assert "a & b" in again.tab("Payload", "Ada")
        again.select("talk")
        assert "grüß dich" in again.tab("Messages", "grüß dich")
        source = again.click_initiator("zipped")
        assert source.file == "does_everything.py"
        assert "/zipped" in source.line_text
