"""A program that uses sqlite3 sees nothing of us, idle or watched."""

from __future__ import annotations

import gc
import os
import traceback
import warnings
from contextlib import nullcontext
from pathlib import Path

import attrs
import pytest

from tapscope import integrations
from tapscope.channels import subscribe
from tests.integrations import sqlite3_uses
from tests.integrations.sqlite3_uses import Use


@attrs.frozen
class Outcome:
    """All that a program can see of what it did."""

    result: object
    error: object
    frames: list[tuple[str, int | None, str]]
    causes: list[str]
    warned: list[tuple[str, str, str, int]]


def outcome(use: Use, folder: Path) -> Outcome:
    folder.mkdir()
    before = Path.cwd()
    os.chdir(folder)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            result, error = run(use)
            gc.collect()
    finally:
        os.chdir(before)
    return Outcome(
        result,
        error and (type(error), [without_address(each) for each in error.args], vars(error)),
        frames_of(error),
        [repr(error.__cause__), repr(error.__context__)] if error else [],
        [told(each) for each in warned],
    )


def run(use: Use) -> tuple[object, BaseException | None]:
    try:
        return use(), None
    except BaseException as error:
        return None, error


def frames_of(error: BaseException | None) -> list[tuple[str, int | None, str]]:
    if error is None:
        return []
    frames = traceback.extract_tb(error.__traceback__)
    return [(frame.filename, frame.lineno, frame.name) for frame in frames[1:]]


def without_address(value: object) -> object:
    return value.partition(" at 0x")[0] if isinstance(value, str) else value


def told(warning: warnings.WarningMessage) -> tuple[str, str, str, int]:
    text = str(without_address(str(warning.message)))
    return warning.category.__name__, text, warning.filename, warning.lineno


def expected(use: Use, folder: Path) -> Outcome:
    integrations.uninstall()
    try:
        return outcome(use, folder)
    finally:
        integrations.install()


@pytest.mark.parametrize("watched", [True, False], ids=["watched", "idle"])
@pytest.mark.parametrize("use", sqlite3_uses.ALL, ids=lambda use: use.__name__)
def test_a_program_sees_what_it_sees_without_us(use: Use, tmp_path: Path, *, watched: bool) -> None:
    """Results, errors with their tracebacks, and warnings with their places are the same."""
    bare = expected(use, tmp_path / "bare")
    with subscribe("database.**", lambda _, __: None) if watched else nullcontext():
        assert outcome(use, tmp_path / "hooked") == bare
