"""The files of a program's stacks, as front ends get them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.store import sources
from tapscope.agents.host.store.process import MAX_TEXTS
from tapscope.agents.link.messages import MAX_STACKS, Frame, SourceTold, StackDefined
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host

SOURCE = "import shop\n\n\ndef buy() -> None:\n    shop.buy('grün')\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(SOURCE, "utf-8")
    return tmp_path


def front_end_of(program: FakeProgram) -> FrontEnd:
    front_end = FrontEnd(program.host)
    front_end.ask("Debugger.enable")
    front_end.ask("Network.enable")
    return front_end


def program_at(folder: Path, *frames: Frame) -> FakeProgram:
    """A program whose one exchange was asked for in *frames*."""
    program = FakeProgram(make_host(), folder=str(folder), libraries=(f"{folder}/library/",))
    program.define_stack(1, *frames)
    program.start(1, stack=1)
    return program


def read(front_end: FrontEnd, url: str) -> str:
    """What DevTools gets when it loads *url* through its target."""
    options = {"disableCache": False, "includeCredentials": False}
    resource = front_end.ask("Network.loadNetworkResource", url=url, options=options)["resource"]
    assert resource["success"], resource
    pieces: list[str] = []
    while not (piece := front_end.ask("IO.read", handle=resource["stream"]))["eof"]:
        pieces.append(piece["data"])
    front_end.ask("IO.close", handle=resource["stream"])
    return "".join(pieces)


def map_of(front_end: FrontEnd, told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(front_end, told["sourceMapURL"]))
    return found


def text_of(front_end: FrontEnd, found: dict[str, Any]) -> str:
    [source] = found["sources"]
    return read(front_end, source)


def shown(folder: Path, filename: str) -> tuple[dict[str, Any], str]:
    """The source map of a file in a stack, and the text of its source."""
    front_end = front_end_of(program_at(folder, Frame("f", filename, 1, 0)))
    [told] = front_end.told("scriptParsed")
    found = map_of(front_end, told)
    return found, text_of(front_end, found)


def test_a_frame_counts_lines_from_zero_and_refers_to_a_file_told_before(folder: Path) -> None:
    front_end = front_end_of(program_at(folder, Frame("buy", str(folder / "shop.py"), 5, 4)))
    assert front_end.names()[:2] == ["scriptParsed", "requestWillBeSent"]
    [script], [request] = front_end.told("scriptParsed"), front_end.told("requestWillBeSent")
    assert request["initiator"] == {
        "type": "script",
        "stack": {
            "callFrames": [
                {
                    "functionName": "buy",
                    "scriptId": script["scriptId"],
                    "url": (folder / "shop.py").as_uri(),
                    "lineNumber": 4,
                    "columnNumber": 4,
                }
            ]
        },
    }


def test_an_exchange_without_a_stack_has_none(folder: Path) -> None:
    front_end = front_end_of(program_at(folder))
    assert "stack" not in front_end.told("requestWillBeSent")[0]["initiator"]


def test_the_map_shows_the_file_line_for_line(folder: Path) -> None:
    found, text = shown(folder, str(folder / "shop.py"))
    assert found["sources"] == [(folder / "shop.py").as_uri().replace("file:", "python:")]
    assert "sourcesContent" not in found
    assert text == SOURCE
    lines = found["mappings"].split(";")
    assert len(lines) == SOURCE.count("\n") + 1
    assert lines[0] == "AAAA"
    assert set(lines[1:]) == {"AACA"}
    assert "ignoreList" not in found


def test_a_file_is_read_when_somebody_asks_for_it(folder: Path) -> None:
    """So a stack costs nothing, and the text is that of this moment."""
    front_end = front_end_of(program_at(folder, Frame("f", "shop.py", 1, 0)))
    [told] = front_end.told("scriptParsed")
    assert told["url"] == ""
    assert len(json.dumps(told)) < 300
    (folder / "shop.py").write_text("later = 1\n")
    assert text_of(front_end, map_of(front_end, told)) == "later = 1\n"


def test_a_relative_file_is_of_the_programs_folder(folder: Path) -> None:
    _, text = shown(folder, "shop.py")
    assert text == SOURCE


@pytest.mark.parametrize("filename", ["library/tool.py", "<frozen importlib._bootstrap>"])
def test_a_librarys_file_is_to_be_ignored(folder: Path, filename: str) -> None:
    found, _ = shown(folder, filename)
    assert found["ignoreList"] == [0]


@pytest.mark.parametrize("filename", ["gone.py", "<string>", "<stdin>", "", ".", "a\0b.py"])
def test_a_file_that_is_not_there_has_a_line_that_says_so(folder: Path, filename: str) -> None:
    _, text = shown(folder, filename)
    assert text.startswith("# ")
    assert "can't be shown" in text


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.py")
    _, text = shown(folder, "pipe.py")
    assert "can't be shown" in text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("# coding: latin-1\n# grün\n".encode("latin-1"), "# coding: latin-1\n# grün\n"),
        (b"\xef\xbb\xbf# bom\n", "# bom\n"),
        (b"a = 1\r\nb = 2\r\n", "a = 1\nb = 2\n"),
        (b"# coding: raw_unicode_escape\n# \\ud800\n", "# coding: raw_unicode_escape\n# ?\n"),
    ],
)
def test_a_file_is_read_in_its_own_coding(folder: Path, data: bytes, text: str) -> None:
    (folder / "coded.py").write_bytes(data)
    assert shown(folder, "coded.py")[1] == text


@pytest.mark.parametrize("data", [b"\xff\xfe", b"# coding: nonsense\n", b"# coding: utf-8\n\xff\n"])
def test_a_file_that_cannot_be_read_has_a_line_that_says_so(folder: Path, data: bytes) -> None:
    (folder / "broken.py").write_bytes(data)
    assert "can't be shown" in shown(folder, "broken.py")[1]


@pytest.mark.parametrize(
    "filename", ["<ipython-input-1-0123>", "/tmp/ipykernel_7/1.py", "<attrs generated init A>"]
)
def test_what_is_in_no_file_is_shown_as_the_program_tells_it(folder: Path, filename: str) -> None:
    program = program_at(folder)
    program.say(SourceTold(filename, "x = 1\n"), StackDefined(2, (Frame("f", filename, 1, 0),)))
    program.start(2, stack=2)
    front_end = front_end_of(program)
    [told] = front_end.told("scriptParsed")
    found = map_of(front_end, told)
    assert text_of(front_end, found) == "x = 1\n"
    assert found["sources"][0].endswith(".py") or "ipykernel" in filename


def test_what_two_programs_have_in_no_file_is_told_apart(folder: Path) -> None:
    host = make_host()
    for text in ("x = 1\n", "x = 2\n"):
        program = FakeProgram(host, folder=str(folder))
        program.say(SourceTold("<stdin>", text), StackDefined(1, (Frame("f", "<stdin>", 1, 0),)))
        program.start(1, stack=1)
    front_end = front_end_of(program)
    maps = [map_of(front_end, told) for told in front_end.told("scriptParsed")]
    assert [text_of(front_end, found) for found in maps] == ["x = 1\n", "x = 2\n"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (SOURCE.encode(), SOURCE),
        ("# coding: latin-1\n# grün\n".encode("latin-1"), "# coding: latin-1\n# grün\n"),
    ],
)
def test_a_module_in_a_zip_file_is_read_from_it(folder: Path, data: bytes, text: str) -> None:
    with ZipFile(folder / "app.pyz", "w") as archive:
        archive.writestr("pkg/shop.py", data)
        archive.writestr("pkg/secret.py", "secret")
    assert shown(folder, "app.pyz/pkg/shop.py")[1] == text


@pytest.mark.parametrize("filename", ["app.pyz/gone.py", "shop.py/gone.py", "bad.pyz/gone.py"])
def test_a_zip_file_without_it_has_a_line_that_says_so(folder: Path, filename: str) -> None:
    with ZipFile(folder / "app.pyz", "w") as archive:
        archive.writestr("pkg/shop.py", SOURCE)
    (folder / "bad.pyz").write_bytes((folder / "app.pyz").read_bytes()[:-9])
    assert "can't be shown" in shown(folder, filename)[1]


@given(data=st.binary(max_size=300), cut=st.integers(0, 200))
def test_whatever_is_in_a_file_or_in_what_looks_like_a_zip_file_is_shown(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("sources")
    with ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("m.py", data)
    whole = (folder / "a.zip").read_bytes()
    (folder / "b.zip").write_bytes(whole[:cut] + data + whole[cut:])
    (folder / "m.py").write_bytes(data)
    for filename in ("m.py", "a.zip/m.py", "b.zip/m.py"):
        found, text = shown(folder, filename)
        assert found["mappings"].count(";") == text.count("\n")


def test_a_program_that_tells_texts_without_end_does_not_fill_the_memory(folder: Path) -> None:
    program = program_at(folder)
    process = program.host.target.processes[0]
    for number in range(30):
        program.say(SourceTold(f"<made {number}>", "x" * (MAX_TEXTS // 10)))
    assert sum(map(len, process.texts.values())) <= MAX_TEXTS
    assert "<made 29>" in process.texts


@pytest.mark.parametrize(
    ("patterns", "skip", "folded"),
    [
        ([], False, [False, False]),
        (["/shop\\.py$"], False, [True, False]),
        (["^file:///", "nothing"], False, [True, False]),
        ([], True, [False, True]),
    ],
)
def test_a_front_end_says_which_files_are_folded(
    folder: Path, patterns: list[str], *, skip: bool, folded: list[bool]
) -> None:
    program = program_at(folder, Frame("f", "shop.py", 1, 0), Frame("g", "<string>", 1, 0))
    front_end = FrontEnd(program.host)
    front_end.ask("Debugger.enable")
    asked = {"patterns": patterns, "skipAnonymous": skip}
    assert front_end.ask("Debugger.setBlackboxPatterns", **asked) == {}
    assert front_end.ask("Debugger.setBlackboxExecutionContexts", uniqueIds=["x"]) == {}
    front_end.ask("Network.enable")
    told = front_end.told("scriptParsed")
    assert ["ignoreList" in map_of(front_end, script) for script in told] == folded


def test_a_pattern_that_is_none_is_refused(folder: Path) -> None:
    front_end = front_end_of(program_at(folder))
    assert "(" in front_end.refusal("Debugger.setBlackboxPatterns", patterns=["("])["message"]


def test_the_source_can_be_asked_for_and_is_no_javascript(folder: Path) -> None:
    front_end = front_end_of(program_at(folder, Frame("f", "shop.py", 1, 0)))
    [script] = front_end.told("scriptParsed")
    answer = front_end.ask("Debugger.getScriptSource", scriptId=script["scriptId"])
    assert answer["scriptSource"].startswith(SOURCE)
    assert answer["scriptSource"].splitlines()[-1] == "#"


@pytest.mark.parametrize("wanted", ["", "0", "2", "-1", "shop.py", "/etc/passwd", "../shop.py"])
def test_only_files_in_stacks_can_be_asked_for(folder: Path, wanted: str) -> None:
    front_end = front_end_of(program_at(folder, Frame("f", "shop.py", 1, 0)))
    error = front_end.refusal("Debugger.getScriptSource", scriptId=wanted)
    assert error["code"] == -32000


def test_a_file_is_told_once_however_many_stacks_it_is_in(folder: Path) -> None:
    program = program_at(folder, Frame("f", "shop.py", 1, 0), Frame("g", "shop.py", 5, 0))
    front_end = front_end_of(program)
    program.define_stack(2, Frame("h", "shop.py", 2, 0))
    program.start(2, stack=2)
    front_end.ask("Debugger.enable")
    assert len(front_end.told("scriptParsed")) == 1


def test_files_so_far_are_told_when_the_debugger_is_enabled_later(folder: Path) -> None:
    program = program_at(folder, Frame("f", "shop.py", 1, 0))
    front_end = FrontEnd(program.host)
    front_end.ask("Network.enable")
    assert front_end.told("scriptParsed") == []
    front_end.ask("Debugger.enable")
    assert len(front_end.told("scriptParsed")) == 1


def test_the_same_file_of_two_programs_is_two_scripts(folder: Path) -> None:
    host = make_host()
    for _ in range(2):
        program = FakeProgram(host, folder=str(folder))
        program.define_stack(1, Frame("f", "shop.py", 1, 0))
        program.start(1, stack=1)
    front_end = FrontEnd(host)
    front_end.ask("Debugger.enable")
    front_end.ask("Network.enable")
    told = front_end.told("scriptParsed")
    assert [script["executionContextId"] for script in told] == [1, 2]
    assert len({script["scriptId"] for script in told}) == 2


def test_a_program_that_makes_up_file_names_does_not_fill_the_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MAX_SCRIPTS", 10)
    program = program_at(folder)
    front_end = front_end_of(program)
    for number in range(2, 100):
        program.define_stack(number, Frame("f", f"<made {number}>", 1, 0))
        program.start(number, stack=number)
    assert len(program.host.target.sources.all()) == 10
    scripts = {told["scriptId"] for told in front_end.told("scriptParsed")}
    assert len(scripts) == 11
    used = {
        told["initiator"]["stack"]["callFrames"][0]["scriptId"]
        for told in front_end.told("requestWillBeSent")[1:]
    }
    assert used == scripts


def test_stacks_that_were_sent_long_ago_are_still_shown(folder: Path) -> None:
    program = program_at(folder, Frame("first", "shop.py", 1, 0))
    for number in range(2, MAX_STACKS + 10):
        program.define_stack(number, Frame("later", "shop.py", 1, 0))
    program.end()
    front_end = front_end_of(program)
    [told] = front_end.told("requestWillBeSent")
    assert told["initiator"]["stack"]["callFrames"][0]["functionName"] == "first"
