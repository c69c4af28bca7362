"""The package stands on what tapscope promises, and on nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import jobqueue
import tapscope_queue

PUBLIC = {
    "tapscope",
    "tapscope.agents",
    "tapscope.agents.domains",
    "tapscope.channels",
    "tapscope.channels.remote",
}
FOLDERS = [Path(__file__), Path(str(jobqueue.__file__)), Path(str(tapscope_queue.__file__))]
SOURCES = [path for file in FOLDERS for path in sorted(file.parent.glob("*.py"))]


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """Give the modules of tapscope that *path* imports, and the names from them."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nothing_private_is_imported(path: Path) -> None:
    ours = [found for found in imported(path) if found[0].split(".")[0] == "tapscope"]
    assert {module for module, _ in ours} <= PUBLIC
    assert not [name for _, name in ours if name.startswith("_")]


def test_sources_are_found() -> None:
    assert {"domain.py", "live.py", "test_domain.py"} <= {path.name for path in SOURCES}
