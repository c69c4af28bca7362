"""A program under ``tapscope run`` is what it is under ``python``."""

from __future__ import annotations

import json
import os
import signal
import sys
import zipapp
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAMS, RUN, Run, Start, attach

STATE = str(PROGRAMS / "state.py")
SYNTAX_ERROR = "def f(:\n    pass\n"


def test_the_command_says_where_devtools_listens(tapscope: Run) -> None:
    """Two lines on stderr: the WebSocket's address, and the page that uses it."""
    announced = tapscope("-c", "pass").announced.splitlines()
    place = announced[0].removeprefix("DevTools listening on ws://")
    page = f"devtools://devtools/bundled/worker_app.html?ws={place}&panel=network"
    assert announced[1:] == [page]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([STATE, "one", "--port", "5", "-m", "--", ""], id="script"),
        pytest.param(["-c", Path(STATE).read_text(), "one", "-h"], id="code"),
        pytest.param(["-cimport sys; print(sys.argv)", "one"], id="code, glued"),
        pytest.param(["-m", "packaged", "--help", "two"], id="package"),
        pytest.param(["-mpackaged", "one"], id="package, glued"),
        pytest.param([str(PROGRAMS / "packaged"), "one"], id="folder"),
        pytest.param(["-m", "state", "one"], id="module"),
        pytest.param(["-m", "json.tool", "--help"], id="module of the standard library"),
        pytest.param(["-"], id="standard input"),
    ],
)
def test_a_program_finds_itself_as_under_python(
    python: Run, tapscope: Run, words: list[str]
) -> None:
    """Arguments, path, ``__main__``, environment, flags, signals and streams are the same."""
    environment = {**os.environ, "PYTHONPATH": _before(str(PROGRAMS)), "COLUMNS": "80"}
    code = Path(STATE).read_text() if words == ["-"] else ""
    plain = python(*words, env=environment, stdin=code)
    assert plain.code == 0
    assert tapscope(*words, env=environment, stdin=code) == plain


@pytest.mark.parametrize("path", [None, "", "/nowhere", f"/nowhere{os.pathsep}{os.pathsep}/other"])
def test_pythonpath_is_left_as_it_was(python: Run, tapscope: Run, path: str | None) -> None:
    """Unset, empty, and with an empty entry are three things."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if path is not None:
        environment["PYTHONPATH"] = path
    plain = python(STATE, env=environment)
    if "No module named tapscope" in tapscope("-c", "", env=environment).err:
        pytest.skip("tapscope itself is found through PYTHONPATH here")
    assert tapscope(STATE, env=environment) == plain


@pytest.mark.parametrize(
    "words",
    [
        ["-c", "raise SystemExit(3)"],
        ["-c", "raise SystemExit('said at the end')"],
        ["-c", "raise SystemExit"],
        ["-c", "import os; os._exit(9)"],
        ["-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"],
        ["-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"],
        ["-c", "import os; os.abort()"],
        ["-c", "raise KeyboardInterrupt"],
        ["-c", "1 +"],
        [str(PROGRAMS / "fails.py")],
        ["-m", "fails"],
        ["missing.py", "one"],
        ["no/such/folder"],
        ["."],
        ["-m", "no_such_module"],
        ["-m", "no_such_package.module"],
        ["-m", "json.no_such_module"],
        ["-m", "packaged.no_such_module"],
        ["-m"],
        ["-c"],
    ],
    ids=" ".join,
)
def test_a_program_ends_as_under_python(python: Run, tapscope: Run, words: list[str]) -> None:
    """The exit code, and all that is printed, tracebacks included, are the same."""
    environment = {**os.environ, "PYTHONPATH": _before(str(PROGRAMS))}
    plain = python(*words, env=environment)
    assert plain.code != 0 or "SystemExit" in words[1]
    assert tapscope(*words, env=environment) == plain


def test_a_syntax_error_is_told_as_under_python(python: Run, tapscope: Run, tmp_path: Path) -> None:
    """The script is compiled by the interpreter itself."""
    (tmp_path / "broken.py").write_text(SYNTAX_ERROR)
    assert tapscope("broken.py") == python("broken.py")


def test_a_zip_file_runs(python: Run, tapscope: Run, tmp_path: Path) -> None:
    """An archive with a ``__main__`` is a program."""
    zipapp.create_archive(PROGRAMS / "packaged", tmp_path / "packaged.pyz")
    plain = python("packaged.pyz", "one")
    assert plain.code == 0
    assert tapscope("packaged.pyz", "one") == plain


@pytest.mark.parametrize(
    "flags",
    [["-X", "dev"], ["-Xdev", "-W", "error"], ["-O"], ["-OO"], ["-u"], ["-Bq"], ["-P"], ["-s"]],
    ids=" ".join,
)
def test_options_for_the_interpreter_are_kept(python: Run, start: Start, flags: list[str]) -> None:
    """``python -X dev -m tapscope run`` is ``python -X dev``, and its strictness finds nothing."""
    plain = python(*flags, STATE)
    watched = start(sys.executable, *flags, *RUN[1:], "--port", "0", STATE).end()
    assert _without_mark(watched.out) == _without_mark(plain.out)
    assert watched.err == plain.err


@pytest.mark.parametrize("flag", ["-I", "-E"])
def test_an_interpreter_that_ignores_the_environment_is_not_inspected(
    start: Start, flag: str
) -> None:
    """The program runs all the same, and one line says what is missing."""
    running = start(sys.executable, flag, *RUN[1:], "-c", "print('ran')").end()
    if "No module named tapscope" in running.err:
        pytest.skip("tapscope itself is found through PYTHONPATH here")
    assert (running.code, running.out) == (0, "ran\n")
    assert running.err.count("\n") == 1
    assert "running without inspection" in running.err


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_child_processes_work(python: Run, tapscope: Run, method: str) -> None:
    """Pools, pickled classes of ``__main__``, exit codes."""
    plain = python(str(PROGRAMS / "multiplies.py"), method)
    assert plain.out == "[0, 2, 4, 6, 8]\n7\n"
    assert tapscope(str(PROGRAMS / "multiplies.py"), method) == plain


def test_a_program_has_no_child_of_ours(tapscope: Run) -> None:
    """``os.wait()`` gives the program's own children only."""
    ended = tapscope(str(PROGRAMS / "waits.py"))
    assert ended.out.splitlines() == ["True 5", "no other child"]


def test_a_program_that_forks_is_not_said_to_have_threads(python: Run, tapscope: Run) -> None:
    """Python 3.12 and later warn of a fork in a process that has more than one."""
    plain = python(str(PROGRAMS / "waits.py"))
    assert plain.err == ""
    assert tapscope(str(PROGRAMS / "waits.py")) == plain


def test_a_program_is_the_process_that_was_started(start: Start) -> None:
    """It has the process id, standard input and standard output of the command."""
    running = start(*RUN, "--port", "0", str(PROGRAMS / "echoes.py"))
    assert int(running.read_line()) == running.process.pid
    running.write_line("hello")
    assert running.read_line() == "hello\n"
    assert running.end().code == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_ends_the_program(start: Start, number: signal.Signals) -> None:
    """The death by a signal is visible to whoever started the command."""
    running = start(*RUN, "--port", "0", str(PROGRAMS / "ticks.py"))
    running.read_line()
    running.process.send_signal(number)
    assert running.end().code == -number


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import sys; sys.custom = 'ran'", ""),
        ("raise ValueError('mine')", "ValueError: mine"),
        ("import no_such_module", "No module named 'no_such_module'"),
    ],
)
def test_the_programs_own_sitecustomize_runs(
    python: Run, tapscope: Run, tmp_path: Path, source: str, said: str
) -> None:
    """Once, in its place, and its errors are told as the interpreter tells them."""
    # The command's own interpreter runs it as well, as any would.
    only_there = "import sys\nif 'tapscope' not in sys.orig_argv:\n print('once')\n"
    (tmp_path / "sitecustomize.py").write_text(f"{only_there} {source}\n")
    environment = {**os.environ, "PYTHONPATH": _before(str(tmp_path))}
    words = ["-c", "import sys; print(getattr(sys, 'custom', None), sys.modules['sitecustomize'])"]
    if said:
        words = ["-c", "import sys; print('sitecustomize' in sys.modules)"]
    plain = python(*words, env=environment)
    assert plain.out.startswith("once\n")
    assert said in plain.err
    assert tapscope(*words, env=environment) == plain


@pytest.mark.parametrize("words", [["script.py"], ["-m", "script"], ["-c", "import agents"]])
def test_folders_named_as_ours_are_the_programs(
    python: Run, tapscope: Run, tmp_path: Path, words: list[str]
) -> None:
    """``agents`` and ``channels`` of the program never get in the way, nor the other way round."""
    for name in ("agents", "channels", "cli", "integrations"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("print(__name__)")
    (tmp_path / "script.py").write_text("import agents, channels, cli, integrations")
    plain = python(*words)
    assert plain.out.startswith("agents\n")
    assert tapscope(*words) == plain


def test_standard_modules_of_the_working_directory_do_not_reach_the_host(
    start: Start, tmp_path: Path
) -> None:
    """The host is started where the program is, but imports nothing from there."""
    (tmp_path / "trio.py").write_text("raise SystemExit")
    running = start(*RUN, "--port", "0", str(PROGRAMS / "echoes.py"))
    running.read_line()
    host, port, path = running.place()
    attach(host, port, path).close()
    assert running.end().err == ""


def test_a_program_loads_only_what_it_needs_of_ours(tapscope: Run) -> None:
    """No server, no translation and no command line in the program."""
    code = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = set(tapscope("-c", code).out.split())
    assert loaded.isdisjoint({"argparse", "asyncio", "cattrs", "h11", "trio", "wsproto"})


def _before(folder: str) -> str:
    """PYTHONPATH with *folder* first."""
    rest = os.environ.get("PYTHONPATH")
    return os.pathsep.join([folder, rest] if rest else [folder])


def _without_mark(out: str) -> object:
    state = json.loads(out)
    state["environment"] = [each for each in state["environment"] if each[0] != "MARK"]
    return state
