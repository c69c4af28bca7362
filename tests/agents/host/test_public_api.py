"""The Database domain is written with what others have, too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tapscope.agents import domains
from tapscope.agents.host.domains import database

PACKAGE = Path(database.__file__).parent


def borrowed(module: Path) -> Iterator[str]:
    """The names that a module takes from tapscope, but not from its own package."""
    for statement in ast.walk(ast.parse(module.read_text())):
        if isinstance(statement, ast.ImportFrom) and statement.level > 1:
            yield from (name.name for name in statement.names)


def test_the_database_domain_uses_only_public_names() -> None:
    """What it imports from elsewhere in tapscope is in ``tapscope.agents.domains``."""
    names = {name for module in PACKAGE.glob("*.py") for name in borrowed(module)}
    assert names - set(domains.__all__) == set()
