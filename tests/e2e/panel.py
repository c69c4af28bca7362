"""The Network panel of the stock DevTools front end, read and clicked as its user does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import attrs
import cattrs

from tests.e2e.page import Page
from tests.e2e.patience import ticks, wait

Tab = Literal[
    "Headers",
    "Payload",
    "Preview",
    "Response",
    "Messages",
    "EventStream",
    "Initiator",
    "Timing",
    "Cookies",
]

# The panel is read with these settings of DevTools: two columns more than usual, and large rows.
SETTINGS = {
    "network-log-columns": {
        "protocol": {"visible": True, "title": "Protocol"},
        "remote-address": {"visible": True, "title": "Remote address"},
    },
    "network-log-large-rows": True,
}

_SCRIPT = Path(__file__).with_name("panel.js").read_text()


@attrs.frozen
class Row:
    """One line of the panel, as text.

    A detail is what the second line of a cell says: the host under the name, the reason under the
    status, the resource's size under the transferred one, the latency under the time.
    """

    name: str
    name_detail: str
    status: str
    status_detail: str
    protocol: str
    remote_address: str
    type: str
    initiator: str
    initiator_detail: str
    size: str
    size_detail: str
    time: str
    red: bool

    @property
    def is_finished(self) -> bool:
        """Whether the exchange is over, well or badly, and its source map has come."""
        placeholder = self.initiator.startswith(":sourcemap:")
        return self.status not in {"", "(pending)"} and self.time != "Pending" and not placeholder


@attrs.frozen
class Source:
    """What the Sources panel shows.

    Attributes:
        file: The title of the open tab.
        line: Number of the highlighted line, from 1.
        text: The lines in view.
        tokens: Coloured words with the class that colours them, ``("def", "token-keyword")``.
    """

    file: str
    line: int
    line_text: str
    text: str
    tokens: list[tuple[str, str]]


@attrs.frozen
class ConsoleMessage:
    """One message of the Console: its level (``"warning"``) and its text."""

    level: str
    text: str


class Panel:
    """DevTools in a tab of the browser.

    Everything waits until what it was asked for is there, and raises `AssertionError`, with what is
    shown instead, when that does not come.
    """

    def __init__(self, page: Page) -> None:
        self.page = page

    def rows(self) -> list[Row]:
        """Return the rows in view now, in the panel's order."""
        return cattrs.structure(self._read("$.grid().map($.readRow)"), list[Row])

    def wait_for_rows(self, wanted: Callable[[list[Row]], object]) -> list[Row]:
        """Return the rows as soon as they are as wanted."""
        return wait(self.rows, wanted)

    def finished_rows(self, count: int) -> list[Row]:
        """Return the rows as soon as there are so many and all are finished."""
        return self.wait_for_rows(
            lambda rows: len(rows) == count and all(row.is_finished for row in rows)
        )

    def row(self, name: str) -> Row:
        """Return the first row of this name, once it is finished."""
        rows = self.wait_for_rows(
            lambda rows: any(row.name == name and row.is_finished for row in rows)
        )
        return next(row for row in rows if row.name == name and row.is_finished)

    def mark(self, name: str) -> None:
        """Select the first row of this name, without its details."""
        self.row(name)
        cell = f"$.row({name!r})?.querySelector('td.status-column')"
        self._click(cell, f"$.row({name!r})?.classList.contains('selected')")

    def select(self, name: str) -> None:
        """Open the details of the first row of this name."""
        self.close_details()
        self.row(name)
        self.open(name)

    def open(self, name: str) -> None:
        """Open the details of the first row of this name, finished or not."""
        self._click(f"$.row({name!r})?.querySelector('td.name-column')", "Boolean($.exchange())")

    def tab(self, name: Tab, *expected: str) -> str:
        """Return the text of a tab of the selected row, one text node a line.

        Args:
            name: The tab's title.
            expected: Waits until all of these are in it.
        """
        self._open_tab(name)
        return wait(
            lambda: str(self._read("$.tabText()")),
            lambda text: text and all(part in text for part in expected),
        )

    def tabs(self) -> list[str]:
        """Return the titles of the selected row's tabs."""
        return cattrs.structure(self._read("$.tabTitles()"), list[str])

    def picture(self) -> tuple[int, int]:
        """Return the width and height, in its own pixels, of the picture in the Preview tab."""
        self._open_tab("Preview")
        return cattrs.structure(wait(lambda: self._read("$.picture()")), tuple[int, int])

    def show(self, panel: Literal["Network", "Sources", "Console"]) -> None:
        """Show another panel of DevTools."""
        self._click(f"$.tab({panel!r})", f"$.isOpen({panel!r}, document)")

    def close_details(self) -> None:
        """Show the whole table again."""
        if self._read("Boolean($.exchange())"):
            self._click("$.one('.close-button', $.exchange())", "$.isWhole()")

    def click_initiator(self, name: str, wanted: Callable[[Source], object] = bool) -> Source:
        """Follow the link in a row's Initiator column to the source, once that is as *wanted*."""
        self.close_details()
        self.row(name)
        return self._follow(
            f"$.row({name!r})?.querySelector('td.initiator-column .devtools-link')", wanted
        )

    def console(
        self, wanted: Callable[[list[ConsoleMessage]], object] = bool
    ) -> list[ConsoleMessage]:
        """Return the messages of the Console as soon as they are as wanted (by default: any)."""
        self.show("Console")
        return wait(
            lambda: cattrs.structure(self._read("$.messages()"), list[ConsoleMessage]), wanted
        )

    def click_console_source(self, text: str, wanted: Callable[[Source], object] = bool) -> Source:
        """Follow the link at the right of the first message with this text, in the same way."""
        self.console(lambda messages: any(text in message.text for message in messages))
        link = f"$.one('.console-message-anchor .devtools-link', $.message({text!r}))"
        return self._follow(link, wanted)

    def follow_console_link(self) -> None:
        """Follow the first link in the Console that leads to a row, which opens its details."""
        self.show("Console")
        self._click("$.one('devtools-request-link-icon')", "Boolean($.exchange())")

    def reconnect(self) -> None:
        """Click the button of the dialog that tells that the connection was closed."""
        wait(lambda: self._read("Boolean($.button('Reconnect DevTools'))"))
        self._click("$.button('Reconnect DevTools')", "!$.button('Reconnect DevTools')")

    def _read(self, expression: str) -> object:
        return self.page.evaluate(_in_page(expression))

    def _open_tab(self, name: Tab) -> None:
        self._click(f"$.tab({name!r}, $.exchange())", f"$.isOpen({name!r}, $.exchange())")

    def _follow(self, link: str, wanted: Callable[[Source], object]) -> Source:
        """Click on *link*, and return the source as soon as it is as *wanted*.

        Sources has what it showed before for a moment, and colours words a moment later.
        """
        self._click(link, "Boolean($.source())")
        source = wait(self._source, lambda source: source and wanted(source))
        assert source
        return source

    def _source(self) -> Source | None:
        shown = self._read("$.source()")
        return cattrs.structure(shown, Source) if shown else None

    def _click(self, node: str, reached: str) -> None:
        """Click on *node* until *reached*: what arrives moves things, so that a click may miss."""

        def clicked() -> bool:
            if not self.page.click(_in_page(f"$.point({node})")):
                return False
            return any(self._read(reached) for _ in ticks(1))

        wait(lambda: bool(self._read(reached)) or clicked())


def _in_page(expression: str) -> str:
    return f"(() => {{ const $ = {_SCRIPT}; return {expression}; }})()"
