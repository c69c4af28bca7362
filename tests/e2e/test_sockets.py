"""What the panel shows of WebSockets: the rows, and the tab Messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import attrs
import pytest
from websockets.sync.client import connect

from tests.e2e.conftest import OpenPanel, Watch
from tests.e2e.echo import Echo
from tests.e2e.origin import closed_port
from tests.e2e.panel import Panel
from tests.e2e.watched import Watched, line_of

PROGRAM = "talks_over_websockets.py"
TALK = "talk?to=me"

GREETING = '{"greeting": "grüß dich"}\n25\n'
BINARY = "Binary message\n256 B\n"
PIECES = "in three pieces\n15\n"
# DevTools counts the letters of the base64 of all frames that are neither text nor binary.
PING = "Ping message (Opcode 9, mask)\n16\n"
PONG = "Pong message (Opcode 10)\n16\n"
CLOSE = "Connection close message (Opcode 8, mask)\n12\n"
CLOSED = "Connection close message (Opcode 8)\n12\n"
CODE = "closed: 4001 enough\nN/A\n"


@attrs.frozen
class Seen:
    """A program that has opened a WebSocket, and a panel that was there before it said a word."""

    watched: Watched
    panel: Panel
    echo: Echo


@pytest.fixture(scope="module")
def echo() -> Iterator[Echo]:
    with closing(Echo()) as echo:
        yield echo


@pytest.fixture(scope="module")
def seen(watch: Watch, open_panel: OpenPanel, echo: Echo) -> Seen:
    watched = watch(PROGRAM, echo.url, f"ws://127.0.0.1:{closed_port()}")
    watched.wait_until_done()
    panel = open_panel(watched)
    panel.wait_for_rows(lambda rows: [row.name for row in rows] == [TALK])
    return Seen(watched, panel, echo)


def test_an_open_socket_is_a_row_of_its_own_type(seen: Seen) -> None:
    (row,) = seen.panel.wait_for_rows(
        lambda rows: [row.initiator for row in rows if not row.initiator.startswith(":")]
    )
    assert (row.name, row.status, row.status_detail) == (TALK, "101", "Switching Protocols")
    assert (row.type, row.time, row.red) == ("websocket", "Pending", False)
    assert row.initiator == f"{PROGRAM}:{line_of(PROGRAM, '# the call to be found')}"


def test_messages_appear_as_they_are_sent_and_received(seen: Seen) -> None:
    seen.panel.open(TALK)
    seen.panel.tab("Messages")
    for word, sent, received in [
        ("text", GREETING, GREETING),
        ("binary", BINARY, BINARY),
        ("pieces", PIECES, PIECES),
        ("ping", PING, PONG),
    ]:
        seen.watched.tell(word)
        shown = seen.panel.tab("Messages", sent, received)
        assert shown.index(sent) <= shown.rindex(received)
    seen.watched.tell("close")
    seen.panel.tab("Messages", CLOSE, CLOSED, CODE)
    assert seen.panel.page.complaints() == []


def test_the_tabs_are_those_of_a_socket_with_the_headers_of_both_sides(seen: Seen) -> None:
    assert seen.panel.tabs() == ["Headers", "Payload", "Messages", "Initiator", "Timing"]
    headers = seen.panel.tab("Headers", "sec-websocket-accept")
    assert f"\nRequest URL\n{seen.echo.url}/{TALK}\n" in headers
    assert "\nStatus code\n101 Switching Protocols\n" in headers
    assert "Provisional headers" not in headers
    assert headers.count("\nsec-websocket-protocol\nchat\n") == 2
    call = line_of(PROGRAM, "# the call to be found")
    seen.panel.tab("Initiator", "Request call stack", f"{PROGRAM}:{call}")


def test_a_socket_that_is_closed_is_finished(seen: Seen) -> None:
    seen.panel.close_details()
    row = seen.panel.row(TALK)
    assert (row.status, row.red) == ("101", False)


def test_one_who_comes_late_sees_all_messages(seen: Seen, open_panel: OpenPanel) -> None:
    late = open_panel(seen.watched)
    late.select(TALK)
    shown = late.tab("Messages", CODE)
    for part in (GREETING, BINARY, PIECES, PING, PONG, CLOSE, CLOSED):
        assert part in shown
    assert shown == seen_again(seen)


def seen_again(seen: Seen) -> str:
    """What the first panel shows by now."""
    seen.panel.select(TALK)
    return seen.panel.tab("Messages", CODE)


def test_a_socket_that_the_program_accepts_is_seen_from_its_side(
    watch: Watch, open_panel: OpenPanel
) -> None:
    port = closed_port()
    watched = watch("serves_websockets.py", str(port))
    watched.wait_until_done()
    panel = open_panel(watched)
    with connect(f"ws://127.0.0.1:{port}/hall") as socket:
        panel.wait_for_rows(lambda rows: [row.name for row in rows] == ["hall"])
        panel.open("hall")
        panel.tab("Messages")
        socket.send("hello")
        shown = panel.tab("Messages", "hello\n5\n", "HELLO\n5\n")
        assert shown.index("hello") < shown.index("HELLO")
    panel.tab("Messages", "close message (Opcode 8, mask)", "close message (Opcode 8)\n")
    panel.close_details()
    row = panel.row("hall")
    assert (row.status, row.type, row.initiator) == ("101", "websocket", "Other")


def test_a_refused_handshake_is_red_with_its_status_and_error(seen: Seen) -> None:
    seen.panel.close_details()
    seen.watched.tell("fail /private")
    row = seen.panel.row("private")
    assert (row.status, row.status_detail, row.red) == ("403", "Forbidden", True)
    seen.panel.select("private")
    seen.panel.tab("Messages", "server rejected WebSocket connection: HTTP 403")


def test_a_server_that_is_not_there_is_red_with_the_reason(seen: Seen) -> None:
    seen.panel.close_details()
    seen.watched.tell("fail /nobody")
    row = seen.panel.row("nobody")
    assert (row.status, row.red) == ("(failed)", True)
    assert row.status_detail.startswith("Connection refused (ConnectionRefusedError: ")
