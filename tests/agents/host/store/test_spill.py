from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.store.spill import Spill


def test_what_was_written_is_read_again() -> None:
    spill = Spill(100)
    places = [spill.write(bytes([number]) * 10) for number in range(10)]
    assert [spill.read(place) for place in places] == [bytes([n]) * 10 for n in range(10)]
    spill.close()


def test_the_newest_overwrites_the_oldest() -> None:
    spill = Spill(25)
    first, second = spill.write(b"a" * 10), spill.write(b"b" * 10)
    third = spill.write(b"c" * 10)
    with pytest.raises(OSError, match="overwritten"):
        spill.read(first)
    assert (spill.read(second), spill.read(third)) == (b"b" * 10, b"c" * 10)
    assert first.begin < spill.oldest <= second.begin
    spill.close()


@given(st.integers(1, 50), st.lists(st.binary(max_size=60), max_size=30))
def test_nothing_that_is_read_is_anything_else_than_what_was_written(
    capacity: int, pieces: list[bytes]
) -> None:
    spill = Spill(capacity)
    written = [(spill.write(piece), piece) for piece in pieces if len(piece) <= capacity]
    for place, piece in written:
        if place.begin >= spill.oldest:
            assert spill.read(place) == piece
        else:
            with pytest.raises(OSError, match="overwritten"):
                spill.read(place)
    kept = [piece for place, piece in written if place.begin >= spill.oldest]
    assert sum(map(len, kept)) <= capacity
    spill.close()


def test_more_than_it_holds_is_refused() -> None:
    spill = Spill(10)
    with pytest.raises(OSError, match="11 bytes are more than its 10"):
        spill.write(bytes(11))


def test_what_is_closed_can_not_be_read() -> None:
    spill = Spill(10)
    place = spill.write(b"bytes")
    spill.close()
    with pytest.raises(OSError, match="overwritten"):
        spill.read(place)


def test_nothing_of_it_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    spill = Spill(10)
    spill.write(b"secret")
    assert list(tmp_path.iterdir()) == []
    spill.close()


_HOLDS = """
import os, sys
from tapscope.agents.host.store.spill import Spill
spill = Spill(10_000_000)
place = spill.write(os.urandom(5_000_000))
print("written", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_of_it_is_left_however_its_process_ends(
    tmp_path: Path, signal_: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal_)
    assert list(tmp_path.iterdir()) == []


def test_without_a_place_to_write_to_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(OSError, match="missing"):
        Spill(10).write(b"bytes")
