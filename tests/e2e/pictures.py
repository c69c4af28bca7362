"""Takes the pictures of the documentation: real DevTools, looking at ``tapscope demo``.

``python -m tests.e2e.pictures`` writes them to ``docs/pictures``.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.e2e.chromium import Chromium, find_chromium
from tests.e2e.panel import Panel
from tests.e2e.watched import Watched

_FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_SELECTED = "people.json?sort=name&limit=3"
_HIDDEN = {"vertical": {"size": 0, "showMode": "OnlyMain"}}
_SETTINGS = {
    "network-log-columns": {"waterfall": {"visible": True, "title": "Waterfall"}},
    "network-log-show-overview": False,
    "network-panel-split-view-state": {"vertical": {"size": 290}},
    "network-panel-split-view-waterfall": {"vertical": {"size": 300}},
    "sources-panel-navigator-split-view-state": _HIDDEN,
    "sources-panel-split-view-state": _HIDDEN,
}
_ROWS = 28


def main() -> None:
    """Take the pictures."""
    path = find_chromium()
    assert path, "no Chromium or Chrome on PATH"
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with _demo() as demo, closing(Chromium(path, _SETTINGS)) as browser:
        url = f"devtools://devtools/bundled/worker_app.html?ws={demo.address}&panel=network"
        _take(Panel(browser.open(url)))


@contextmanager
def _demo() -> Generator[Watched]:
    demo = Watched("demo", "--pause", "0.15")
    try:
        yield demo
    finally:
        demo.kill()
        demo.close()


def _take(panel: Panel) -> None:
    panel.wait_for_rows(lambda rows: len(rows) >= _ROWS)
    panel.mark(_SELECTED)
    panel.page.screenshot(_FOLDER / "network-panel.png")
    panel.select(_SELECTED)
    panel.tab("Headers", "user-agent")
    panel.page.screenshot(_FOLDER / "headers.png")
    panel.tab("Timing", "Content download")
    panel.page.screenshot(_FOLDER / "timing.png")
    panel.click_initiator(_SELECTED)
    panel.page.screenshot(_FOLDER / "source.png")


if __name__ == "__main__":
    main()
