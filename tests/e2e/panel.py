"""The Network panel of the stock DevTools front end, read and clicked as its user does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import attrs
import cattrs

from tests.e2e.page import Page
from tests.e2e.patience import wait

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
        self._click(f"$.row({name!r})?.querySelector('td.status-column')")
        wait(lambda: self._read(f"$.row({name!r}).classList.contains('selected')"))

    def select(self, name: str) -> None:
        """Open the details of the first row of this name."""
        self.close_details()
        self.row(name)
        self.open(name)

    def open(self, name: str) -> None:
        """Open the details of the first row of this name, finished or not."""
        self._click(f"$.row({name!r})?.querySelector('td.name-column')")
        wait(lambda: self._read("Boolean($.exchange())"))

    def tab(self, name: Tab, *expected: str) -> str:
        """Return the text of a tab of the selected row, one text node a line.

        Args:
            name: The tab's title.
            expected: Waits until all of these are in it.
        """
        wait(lambda: self._opens(name))
        return wait(
            lambda: str(self._read("$.tabText()")),
            lambda text: text and all(part in text for part in expected),
        )

    def tabs(self) -> list[str]:
        """Return the titles of the selected row's tabs."""
        return cattrs.structure(self._read("$.tabTitles()"), list[str])

    def picture(self) -> tuple[int, int]:
        """Return the width and height, in its own pixels, of the picture in the Preview tab."""
        self._click("$.tab('Preview', $.exchange())")
        return cattrs.structure(wait(lambda: self._read("$.picture()")), tuple[int, int])

    def show(self, panel: Literal["Network", "Sources", "Console"]) -> None:
        """Show another panel of DevTools."""
        self._click(f"$.tab({panel!r})")

    def close_details(self) -> None:
        """Show the whole table again."""
        if self._read("Boolean($.exchange())"):
            self._click("$.one('.close-button', $.exchange())")
            wait(lambda: self._read("$.isWhole()"))

    def click_initiator(self, name: str) -> Source:
        """Follow the link in a row's Initiator column to the source."""
        self.close_details()
        self.row(name)
        self._click(f"$.row({name!r})?.querySelector('td.initiator-column .devtools-link')")
        return cattrs.structure(wait(lambda: self._read("$.source()")), Source)

    def console(
        self, wanted: Callable[[list[ConsoleMessage]], object] = bool
    ) -> list[ConsoleMessage]:
        """Return the messages of the Console as soon as they are as wanted (by default: any)."""
        self.show("Console")
        return wait(
            lambda: cattrs.structure(self._read("$.messages()"), list[ConsoleMessage]), wanted
        )

    def click_console_source(self, text: str) -> Source:
        """Follow the link at the right of the first message with this text to the source."""
        self.console(lambda messages: any(text in message.text for message in messages))
        self._click(f"$.one('.console-message-anchor .devtools-link', $.message({text!r}))")
        return cattrs.structure(wait(lambda: self._read("$.source()")), Source)

    def follow_console_link(self) -> None:
        """Follow the first link in the Console that leads to a row, which opens its details."""
        self.show("Console")
        self._click("$.one('devtools-request-link-icon')")
        wait(lambda: self._read("Boolean($.exchange())"))

    def reconnect(self) -> None:
        """Click the button of the dialog that tells that the connection was closed."""
        self._click("$.button('Reconnect DevTools')")

    def _read(self, expression: str) -> object:
        return self.page.evaluate(_in_page(expression))

    def _opens(self, name: str) -> bool:
        # What arrives for a row moves its tabs, so that a click may miss.
        self._click(f"$.tab({name!r}, $.exchange())")
        return bool(self._read(f"$.isOpen({name!r})"))

    def _click(self, node: str) -> None:
        self.page.click(_in_page(f"$.point({node})"))


def _in_page(expression: str) -> str:
    return f"(() => {{ const $ = {_SCRIPT}; return {expression}; }})()"
