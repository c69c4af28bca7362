"""The texts of files that occur in stacks, or a line that says why there is none."""

from __future__ import annotations

import io
import os
import tokenize
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from .process import Process

MAX_SOURCE = 4_000_000
"""Characters; a longer file is cut, it was generated and nobody reads it."""


def source_text(process: Process, name: str, path: str) -> str:
    """Give the text of what *process* calls *name*, which would be the file at *path*."""
    told = process.texts.get(name)
    try:
        text = told if told is not None else _read(path)
    except (OSError, SyntaxError, ValueError, KeyError, RuntimeError, BadZipFile) as error:
        return f"# {path} can't be shown: {error}\n"
    if text is None:
        return f"# {path} can't be shown: {_reason(path)}\n"
    # Some codecs can give what no JSON can hold: halves of surrogate pairs.
    return text.encode("utf-8", "replace").decode("utf-8")


def _read(path: str) -> str | None:
    # A pipe or a device would keep the host waiting.
    if os.path.isfile(path):
        with tokenize.open(path) as file:
            return file.read(MAX_SOURCE)
    for archive in Path(path).parents:
        if archive.is_file():
            return _read_zipped(archive, Path(path).relative_to(archive).as_posix())
    return None


def _read_zipped(archive: Path, member: str) -> str:
    with ZipFile(archive) as opened, opened.open(member) as file:
        data = io.BytesIO(file.read(MAX_SOURCE))
    coding, _ = tokenize.detect_encoding(data.readline)
    data.seek(0)
    return io.TextIOWrapper(data, coding, errors="replace").read()


def _reason(path: str) -> str:
    if path.startswith("<frozen "):
        return "it is a part of the interpreter itself"
    if path.startswith("<"):
        return "it was made while the program ran, and its text was not kept"
    return "there is no such file"
