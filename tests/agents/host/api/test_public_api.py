"""Tapscope's own domains are written with what others have, too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.util import resolve_name
from pathlib import Path

import pytest

from tapscope.agents import domains
from tapscope.agents.host import domains as ours

FOLDER = Path(ours.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
PUBLIC = [getattr(domains, name) for name in domains.__all__]


def package_of(module: Path) -> str:
    return ".".join([ours.__name__, *module.relative_to(FOLDER).parent.parts])


def own_package(module: Path) -> str:
    """What a domain's modules are in; one that is a module has nothing of its own beside it."""
    return package_of(module) if module.parent != FOLDER else f"{ours.__name__}.{module.stem}"


def borrowed(module: Path) -> Iterator[tuple[str, object]]:
    """What *module* imports from tapscope, but not from its own package nor from channels."""
    for statement in ast.walk(ast.parse(module.read_text())):
        if not isinstance(statement, ast.ImportFrom) or not statement.level:
            continue
        name = resolve_name("." * statement.level + (statement.module or ""), package_of(module))
        if not f"{name}.".startswith((f"{own_package(module)}.", "tapscope.channels.")):
            for imported in statement.names:
                yield imported.name, getattr(import_module(name), imported.name)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_our_domains_use_only_what_is_public(module: Path) -> None:
    """What they import from elsewhere in tapscope is in ``tapscope.agents.domains``."""
    reserved = [
        name for name, thing in borrowed(module) if not any(thing is each for each in PUBLIC)
    ]
    assert reserved == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_our_domains_ask_the_target_and_not_the_store(module: Path) -> None:
    """What the host itself is made of is behind it."""
    reached = {
        node.attr
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Attribute)
    }
    assert reached & {"recorder", "on_domain", "on_end", "released"} == set()
