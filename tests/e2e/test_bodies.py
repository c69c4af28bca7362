"""What the panel shows of bodies that are coded, in odd charsets, cut, or sent in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.bodies import LIMIT, Bodies
from tests.e2e.conftest import OpenPanel
from tests.e2e.panel import Panel
from tests.e2e.watched import PROGRAMS, Watched

ROWS = 10


@pytest.fixture(scope="module")
def panel(open_panel: OpenPanel) -> Iterator[Panel]:
    """A panel that was opened when the program had finished."""
    program = str(PROGRAMS / "exchanges_bodies.py")
    with (
        closing(Bodies()) as server,
        closing(Watched("run", "--max-body", str(LIMIT), program, server.place)) as watched,
    ):
        watched.wait_until_done()
        panel = open_panel(watched)
        panel.finished_rows(ROWS)
        yield panel


@pytest.mark.parametrize("name", ["br", "zstd", "twice"])
def test_a_coded_body_is_shown_as_what_it_is(panel: Panel, name: str) -> None:
    panel.select(name)
    panel.tab("Preview", "{name: ", "Ada", "born: 1815")
    panel.tab("Response", '"born": 1815')


def test_a_body_that_is_not_coded_as_announced_is_shown_as_it_came(panel: Panel) -> None:
    panel.select("wrong")
    panel.tab("Response", "plain after all", "it is shown as it came: the content coding 'br'")


def test_latin_1_is_read_as_browsers_do(panel: Panel) -> None:
    panel.select("euro")
    panel.tab("Response", "10 € for grün")


def test_a_text_that_was_cut_says_how_much_is_kept_and_why(panel: Panel) -> None:
    panel.select("long")
    panel.tab("Response", "20,000 of 33,000 bytes were kept: the limit for one body is")


def test_a_picture_that_was_cut_is_shown_as_far_as_it_goes(panel: Panel) -> None:
    panel.select("picture")
    assert panel.picture() == (40, 30)


def test_a_form_with_a_file_is_shown_as_fields(panel: Panel) -> None:
    panel.select("form")
    panel.tab("Payload", "Form data", "title\ncafé\npicture\n(binary)")


def test_a_payload_that_was_sent_coded_is_shown_decoded(panel: Panel) -> None:
    panel.select("packed")
    panel.tab("Payload", "Request payload", "{packed: true}")


def test_a_payload_that_was_sent_in_pieces_is_shown_whole(panel: Panel) -> None:
    panel.select("streamed")
    panel.tab("Payload", "Request payload", "{pieces: [1, 2]}")


def test_what_is_missing_of_a_picture_is_said_in_the_console(panel: Panel) -> None:
    panel.close_details()
    panel.select("picture")
    panel.picture()
    panel.console(lambda messages: any("20,000 of " in message.text for message in messages))
    panel.follow_console_link()
    panel.show("Network")
    panel.tab("Headers", "/picture")
