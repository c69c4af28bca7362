"""HAR files as they grow."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tapscope.agents.host.recording import PartFile, RecordingError
from tapscope.agents.host.store.budget import Budget
from tapscope.agents.link.messages import Dropped
from tests.agents.host.programs import FrontEnd, HeaderList
from tests.agents.host.recorded import RecordedHar

SECRETS: HeaderList = (
    (b"Cookie", b"a=b"),
    (b"AUTHORIZATION", b"Bearer x"),
    (b"Proxy-Authorization", b"Basic x"),
    (b"Set-Cookie", b"c=d"),
    (b"X-Harmless", b"yes"),
)


def names(message: dict[str, Any]) -> list[str]:
    return [header["name"] for header in message["headers"]]


def exchange(recorded: RecordedHar) -> None:
    recorded.program.start(1, headers=SECRETS)
    recorded.program.respond(1, headers=SECRETS)
    recorded.program.finish(1)


def test_cookies_and_authorization_are_left_out(tmp_path: Path) -> None:
    """Of headers and of the lists of cookies, in whatever case they were written."""
    recorded = RecordedHar(tmp_path, secrets=False)
    exchange(recorded)
    entry = recorded.entry()
    for message in (entry["request"], entry["response"]):
        assert names(message) == ["X-Harmless"]
        assert message["cookies"] == []


def test_cookies_and_authorization_are_there_if_asked_for(tmp_path: Path) -> None:
    """Whoever wants to replay traffic needs them."""
    recorded = RecordedHar(tmp_path, secrets=True)
    exchange(recorded)
    entry = recorded.entry()
    assert len(names(entry["request"])) == len(names(entry["response"])) == len(SECRETS)
    assert entry["request"]["cookies"] == [{"name": "a", "value": "b"}]


def test_the_file_is_whole_at_any_time(tmp_path: Path) -> None:
    """If the recorder is killed, what it has written can still be imported."""
    recorded = RecordedHar(tmp_path)
    for number in range(1, 4):
        assert len(json.loads(recorded.part.read_bytes())["log"]["entries"]) == number - 1
        recorded.program.exchange(number, b"body")
    recorded.finish()


def test_the_file_gets_its_name_when_all_is_written(tmp_path: Path) -> None:
    """Until then an older one of that name stays; nothing is left beside it."""
    recorded = RecordedHar(tmp_path)
    recorded.path.write_text("older")
    recorded.program.exchange(1)
    assert recorded.path.read_text() == "older"
    recorded.finish()
    assert list(tmp_path.iterdir()) == [recorded.path]
    assert "older" not in recorded.path.read_text()


def test_only_its_user_can_read_the_file(tmp_path: Path) -> None:
    """Traffic is full of secrets."""
    recorded = RecordedHar(tmp_path)
    recorded.finish()
    assert recorded.path.stat().st_mode & 0o077 == 0


def test_a_recording_that_is_discarded_leaves_nothing(tmp_path: Path) -> None:
    """An older file stays."""
    recorded = RecordedHar(tmp_path)
    recorded.path.write_text("older")
    recorded.recording.discard()
    assert list(tmp_path.iterdir()) == [recorded.path]
    assert recorded.path.read_text() == "older"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it leads to is written."""
    real = tmp_path / "folder" / "real.har"
    real.parent.mkdir()
    (tmp_path / "out.har").symlink_to(real)
    RecordedHar(tmp_path).finish()
    assert (tmp_path / "out.har").is_symlink()
    assert real.exists()


@pytest.mark.parametrize("path", ["nowhere/out.har", "folder", "/dev/null"])
def test_a_file_that_can_not_be_is_told_at_once(tmp_path: Path, path: str) -> None:
    """Before anything is recorded, with the name that was asked for."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(RecordingError, match=f"can't write .*{path}"):
        PartFile.begin(str(tmp_path / path))


def test_entries_say_which_process_they_are_of(tmp_path: Path) -> None:
    """A page for each process that has any."""
    recorded = RecordedHar(tmp_path)
    recorded.program.exchange(1)
    log = recorded.log()
    (page,) = log["pages"]
    assert (page["title"], page["comment"]) == ("shop.py", "pid 7")
    assert log["entries"][0]["pageref"] == page["id"]


def test_more_is_recorded_than_a_host_remembers(tmp_path: Path) -> None:
    """Each exchange is written as it ends, so the host's limits are none of the file's."""
    recorded = RecordedHar(tmp_path, budget=Budget(exchanges=2))
    for number in range(1, 11):
        recorded.program.exchange(number, b"body")
    entries = recorded.entries()
    assert [entry["response"]["content"]["text"] for entry in entries] == ["body"] * 10


def test_what_ended_makes_room_for_what_goes_on(tmp_path: Path) -> None:
    """A long download keeps its body while others come and go."""
    recorded = RecordedHar(tmp_path, budget=Budget(total_bytes=20_000))
    recorded.program.start(1)
    recorded.program.respond(1)
    recorded.program.receive(1, b"x" * 5_000)
    for number in range(2, 12):
        recorded.program.exchange(number, b"y" * 5_000)
    recorded.program.finish(1)
    assert recorded.entries()[0]["response"]["content"]["text"] == "x" * 5_000


def test_front_ends_can_ask_for_bodies_meanwhile(tmp_path: Path) -> None:
    """If they were announced, what was written is kept as well."""
    recorded = RecordedHar(tmp_path, live=True)
    recorded.program.exchange(1, b"body", ((b"Content-Type", b"text/plain"),))
    front_end = FrontEnd(recorded.host)
    assert front_end.ask("Network.getResponseBody", requestId="1.1")["body"] == "body"
    recorded.finish()


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """What was forgotten before its end, and in one sum what the program could not tell."""
    recorded = RecordedHar(tmp_path, budget=Budget(exchanges=2))
    for number in range(1, 5):
        recorded.program.start(number)
    for count in (1, 3):
        recorded.program.say(Dropped(exchanges=count, body_bytes=0))
    missing = recorded.finish().missing
    assert len(missing) == 2
    assert missing[0] == "2 exchanges were forgotten before they ended"
    assert "3 exchanges" in missing[1]
    assert json.loads(recorded.path.read_bytes())["log"]["comment"] == "; ".join(missing)


def test_a_whole_recording_says_nothing(tmp_path: Path) -> None:
    """That the program has ended is no news."""
    recorded = RecordedHar(tmp_path)
    recorded.program.exchange(1)
    tally = recorded.finish()
    assert (tally.exchanges, tally.missing) == (1, ())
    assert tally.size < recorded.path.stat().st_size


def test_a_full_disk_costs_the_rest_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host goes on, and what was written before can be imported."""
    recorded = RecordedHar(tmp_path)
    recorded.program.exchange(1, b"body")
    real, full = os.pwrite, OSError(errno.ENOSPC, "No space left on device")

    def write(descriptor: int, data: bytes, at: int) -> int:
        if len(data) > 500:
            raise full
        return real(descriptor, data, at)

    monkeypatch.setattr(os, "pwrite", write)
    recorded.program.exchange(2, b"body" * 200)
    recorded.program.exchange(3)
    with pytest.raises(RecordingError, match="No space left on device; what there is of it is"):
        recorded.finish()
    assert len(json.loads(recorded.part.read_bytes())["log"]["entries"]) == 1


def test_entries_are_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    """They are written as they end; in the end the file is put in order."""
    recorded = RecordedHar(tmp_path)
    for number in (1, 2, 3):
        recorded.program.start(number, url=f"http://shop/{number}")
    for number in (2, 3, 1):
        recorded.program.finish(number)
    assert [e["request"]["url"][-1] for e in recorded.entries()] == ["1", "2", "3"]
    assert list(tmp_path.iterdir()) == [recorded.path]
