"""A program that hides its credentials: what the panel shows of it, and what is in files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from tests.e2e.conftest import OpenPanel
from tests.e2e.har_panel import exported
from tests.e2e.origin import ANSWERS, Answer, Origin, closed_port
from tests.e2e.panel import Panel, Tab
from tests.e2e.watched import PROGRAMS, Watched

SECRET = "sesame"
"""Part of all of them."""
SECRETS = {
    place: f"{place}-{SECRET}-4711"
    for place in ("query", "header", "cookie", "json", "form", "refused", "log", "statement")
}
LOGIN = Answer(
    json.dumps({"access_token": f"answer-{SECRET}-4711", "id": 7}).encode(),
    "application/json",
    header=("Set-Cookie", f"session=set-{SECRET}-4711; Path=/"),
)
ROWS = 4

# All text and all attributes, shown or not, with those of shadow roots.
_EVERYTHING = """(() => {
    const below = root => [...root.querySelectorAll('*')].flatMap(
        node => [node, ...(node.shadowRoot ? below(node.shadowRoot) : [])]);
    return below(document).filter(node => node.localName !== 'style').flatMap(node => [
        ...[...node.childNodes].map(child => child.nodeType === Node.TEXT_NODE ? child.data : ''),
        ...[...node.attributes].map(attribute => attribute.value),
    ]).join('\\n');
})()"""
_FOUND = """(async () => {{
    const network = await import('devtools://devtools/bundled/panels/network/network.js');
    const requests = network.NetworkPanel.NetworkPanel.instance().networkLogView.harRequests();
    const search = request => request.searchInContent({text}, false, false);
    const found = await Promise.all(requests.map(search));
    return found.flat().length;
}})()"""


@pytest.fixture(scope="module")
def words(origin: Origin) -> Iterator[list[str]]:
    """Options, the program, and its arguments."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ANSWERS, "/login", LOGIN)
        program = str(PROGRAMS / "keeps_secrets.py")
        nobody = f"http://127.0.0.1:{closed_port()}"
        yield ["--redact", "credentials", program, origin.url, nobody]


def watched(command: str, *words: str) -> Watched:
    return Watched(command, *words, environment={"SECRETS": json.dumps(SECRETS)})


@pytest.fixture(scope="module")
def panel(words: list[str], open_panel: OpenPanel) -> Iterator[Panel]:
    with closing(watched("run", *words)) as program:
        program.wait_until_done()
        panel = open_panel(program)
        panel.finished_rows(ROWS)
        yield panel


def assert_hidden(text: str) -> None:
    """Some mark is there, and no secret."""
    assert "[redacted]" in text
    assert SECRET not in text


def test_headers_are_placeholders(panel: Panel) -> None:
    panel.select("login?page=2&token=[redacted]")
    shown = panel.tab("Headers", "Bearer [redacted]", "seen=[redacted]")
    assert "session=[redacted]; Path=/" in shown
    assert "/login?page=2&token=[redacted]" in shown
    assert SECRET not in shown


def test_payloads_are_placeholders(panel: Panel) -> None:
    panel.select("login?page=2&token=[redacted]")
    shown = panel.tab("Payload", "token", "[redacted]", 'password: "[redacted]"')
    assert SECRET not in shown
    panel.select("form")
    assert SECRET not in panel.tab("Payload", "name\nada\npassword\n[redacted]")


def test_responses_are_placeholders(panel: Panel) -> None:
    panel.select("login?page=2&token=[redacted]")
    shown = panel.tab("Response", '"access_token"', '"[redacted]"', '"id"')
    assert SECRET not in shown


def test_the_console_has_placeholders(panel: Panel) -> None:
    shown = panel.console(lambda messages: any("no answer" in each.text for each in messages))
    text = "\n".join(each.text for each in shown)
    panel.show("Network")
    assert "no answer: token=[redacted]" in text
    assert SECRET not in text


def test_no_secret_is_anywhere_in_the_page(panel: Panel) -> None:
    """All tabs of all rows were built, and no node and no attribute has one."""
    for row in panel.rows():
        panel.select(row.name)
        for name in panel.tabs():
            panel.tab(cast("Tab", name))
            assert_hidden(panel.page.evaluate(_EVERYTHING))


def test_a_search_in_all_resources_finds_placeholders_alone(panel: Panel) -> None:
    assert panel.page.evaluate(_FOUND.format(text=json.dumps("[redacted]"))) > 0
    assert panel.page.evaluate(_FOUND.format(text=json.dumps(SECRET))) == 0


def test_what_the_panel_exports_has_none(panel: Panel) -> None:
    assert_hidden(json.dumps(exported(panel, sanitize=False)))


@pytest.mark.parametrize("name", ["out.har", "out.jsonl"])
def test_no_file_has_one(words: list[str], tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with closing(watched("record", f"-o{path}", "--with-secrets", "--live", *words)) as program:
        program.wait_until_done()
        assert program.finish() == 0, program.errors()
    assert_hidden(path.read_text())


def test_the_front_end_met_no_error(panel: Panel) -> None:
    assert panel.page.complaints() == []
