"""What the documentation shows, runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tapscope.agents.link.messages import MESSAGES
from tapscope.channels.lifecycle_states import mermaid

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
MESSAGE = re.compile(r"^\| (\d+) \| (\w+) \|", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)\)")

EXAMPLES = [
    pytest.param(code, id=f"{page.relative_to(ROOT)}-{number}")
    for page in PAGES
    if page.name != "writing-a-domain.md"  # which is followed from its beginning to its end
    for number, code in enumerate(BLOCK.findall(page.read_text()), 1)
]


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_runs(code: str, tmp_path: Path) -> None:
    """Each Python example ends without an error or a warning."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_states_of_an_exchange_are_drawn_from_the_table() -> None:
    """The diagram on the page is the one that the table gives now."""
    assert f"```mermaid\n{mermaid()}\n```" in (ROOT / "docs" / "lifecycle.md").read_text()


def test_the_messages_of_the_link_are_listed_with_their_numbers() -> None:
    """The table on the page has a line for each message, in order."""
    listed = MESSAGE.findall((ROOT / "docs" / "link.md").read_text())
    assert listed == [(str(number), kind.__name__) for number, kind in enumerate(MESSAGES)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    """Each relative link of a page names a file that is there."""
    targets = LINK.findall(page.read_text())
    assert [t for t in targets if not (page.parent / t).exists()] == []
