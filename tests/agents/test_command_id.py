"""A command that is run again has the id that it had, and nobody else can know it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from tapscope.agents.launch.command_id import Command

SHOP = Command("shop.py --fast", "file:///srv/shop.py", "/srv")


@pytest.fixture(autouse=True)
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's key is kept."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "tapscope" / "key"


def test_the_same_command_at_the_same_port_has_the_same_id() -> None:
    assert SHOP.id_at(9229) == SHOP.id_at(9229) == attrs.evolve(SHOP).id_at(9229)


def test_any_other_has_another() -> None:
    changed = (
        attrs.evolve(SHOP, title="shop.py"),
        attrs.evolve(SHOP, url="file:///srv/other/shop.py"),
        attrs.evolve(SHOP, folder="/tmp/\udcff"),
    )
    ids = {SHOP.id_at(9229), SHOP.id_at(9230), *(each.id_at(9229) for each in changed)}
    assert len(ids) == 5


def test_another_user_s_has_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = SHOP.id_at(9229)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "theirs"))
    assert SHOP.id_at(9229) != mine


def test_only_its_user_can_read_the_key(key: Path) -> None:
    SHOP.id_at(9229)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (key, key.parent)] == [0o600, 0o700]
    assert list(key.parent.iterdir()) == [key]
    assert len(key.read_bytes()) == 32


def readable_by_all(key: Path) -> None:
    key.chmod(0o644)


def cut(key: Path) -> None:
    key.write_bytes(b"short")


def a_link(key: Path) -> None:
    key.rename(key.with_name("elsewhere"))
    key.symlink_to("elsewhere")


def a_folder(key: Path) -> None:
    key.unlink()
    key.mkdir()


def a_pipe(key: Path) -> None:
    key.unlink()
    os.mkfifo(key, 0o600)


@pytest.mark.parametrize("spoil", [readable_by_all, cut, a_link, a_folder, a_pipe])
def test_a_key_that_others_may_know_is_not_used(spoil: Callable[[Path], object], key: Path) -> None:
    """Then there is a new id each time, as where there is no place for one."""
    before = SHOP.id_at(9229)
    spoil(key)
    assert len({before, SHOP.id_at(9229), SHOP.id_at(9229)}) == 3


def test_without_a_place_for_a_key_there_is_a_new_id_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert SHOP.id_at(9229) != SHOP.id_at(9229)
