"""The interpreters that a watched program starts are watched, and notice nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tapscope.cli import environment
from tests.cli.conftest import PROGRAMS, RUN, Run, Start, attach, eventually

STARTS = str(PROGRAMS / "starts.py")
STATE = str(PROGRAMS / "state.py")
JOINED = str(PROGRAMS / "joined.py")

WATCHED = [
    "run",
    "bytes",
    "name",
    "executable",
    "folder",
    "relative",
    "environment",
    "empty environment",
    "open files",
    "session",
    "asyncio",
    "script",
    "script by env",
    "spawnv",
    "spawnlpe",
    "posix_spawn",
    "posix_spawnp",
    "fork and execv",
    "fork and execvpe",
    "execve",
    "spawn",
    "forkserver",
]
OTHERS = ["execv", "shell", "mistakes"]


@pytest.fixture(autouse=True)
def python_in_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """``python`` is the interpreter of the tests."""
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))


@pytest.mark.parametrize("way", [*WATCHED, *OTHERS])
def test_a_child_finds_itself_as_under_python(python: Run, tapscope: Run, way: str) -> None:
    """Its arguments, path, environment, output and exit code are the same, and so are errors."""
    words = [STARTS, way, sys.executable, STATE, "one", "--two"]
    plain = python(*words)
    assert plain.code == 0
    assert tapscope(*words) == plain


@pytest.mark.parametrize("way", WATCHED)
def test_a_child_is_watched(python: Run, tapscope: Run, way: str) -> None:
    """Whichever way it is started, as long as it is the same interpreter."""
    if python("-E", "-c", "import tapscope").code:
        pytest.skip("tapscope itself is found through PYTHONPATH here")
    ended = tapscope(STARTS, way, sys.executable, JOINED)
    assert ended.out.splitlines()[0] == "watched"


@pytest.mark.parametrize(
    "words",
    [
        ["-u", "-W", "error", "-sP"],
        ["-X", "dev"],
        ["-c", "import runpy, sys; runpy.run_path(sys.argv[1])"],
        [STARTS, "run", sys.executable],
    ],
    ids=" ".join,
)
def test_a_child_is_watched_with_any_words(tapscope: Run, words: list[str]) -> None:
    """Options, code, and the children of a child."""
    ended = tapscope(STARTS, "run", sys.executable, *words, JOINED)
    assert ended.out.splitlines()[0] == "watched"


@pytest.mark.parametrize("flag", ["-I", "-E", "-sE", "-IX", "-S"])
def test_an_isolated_child_is_left_alone(python: Run, tapscope: Run, flag: str) -> None:
    """It would not take our variables out of its environment."""
    value = ["dev"] if flag.endswith("X") else []
    words = [STARTS, "run", sys.executable, flag, *value, STATE]
    assert tapscope(*words) == python(*words)


def test_another_interpreter_is_left_alone(python: Run, tapscope: Run, tmp_path: Path) -> None:
    """A virtual environment is another one, even if it is made from the same."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "other"], check=True)
    words = [STARTS, "run", str(tmp_path / "other" / "bin" / "python"), STATE]
    assert tapscope(*words) == python(*words)


def test_a_child_whose_imports_are_limited_is_left_alone(
    python: Run, tapscope: Run, tmp_path: Path
) -> None:
    """So does pip where it builds a package: nothing from outside is to be found there."""
    (tmp_path / "limits").mkdir()
    (tmp_path / "limits" / "sitecustomize.py").write_text(
        "import sys\nsys.path[:] = [each for each in sys.path if 'python3' in each\n"
        "    and 'site-packages' not in each]\n"
    )
    (tmp_path / "starts.py").write_text(
        "import os, subprocess, sys\n"
        "limited = {**os.environ, 'PYTHONPATH': 'limits'}\n"
        "subprocess.run([sys.executable, *sys.argv[1:]], env=limited)\n"
    )
    code = "import sys; print(sys.path, 'tapscope' in sys.modules, 'attr' in sys.modules)"
    plain = python("starts.py", "-c", code)
    assert plain.out.endswith("False False\n")
    assert tapscope("starts.py", "-c", code) == plain


def test_what_starts_a_process_is_what_it_was(python: Run, tapscope: Run) -> None:
    """By equality, name and signature; when pickled, and as the attribute of a class."""
    code = (
        "import inspect, os, pickle, posix\n"
        "starts = os.execv, os.execve, os.posix_spawn\n"
        "class Holder: execv = os.execv\n"
        "print(os.execv is posix.execv, os.execve in os.supports_fd)\n"
        "print([pickle.loads(pickle.dumps(each)) is each for each in starts])\n"
        "print([(each.__name__, each.__module__, each.__doc__) for each in starts])\n"
        "print(inspect.signature(os.execv), inspect.signature(os.execve))\n"
        "Holder().execv('/bin/sh', ['sh', '-c', 'echo $0', 'it'])\n"
    )
    plain = python("-u", "-c", code)
    assert plain.code == 0
    assert plain.out.endswith("it\n")
    assert tapscope("--", "-u", "-c", code) == plain


def test_children_can_be_left_alone(tapscope: Run) -> None:
    """``--no-children`` is for programs that start many."""
    ended = tapscope("--no-children", STARTS, "run", sys.executable, JOINED)
    assert ended.out.splitlines()[0] == "not watched"


def test_a_child_that_cannot_join_says_nothing(python: Run) -> None:
    """Its output is the program's business; the program's own failure is told in one line."""
    for how, lines in ((environment.CHILD, 0), (environment.ALONE, 1)):
        environ = environment.joining(os.environ, "no link", None, how)
        ended = python("-c", "print('ran')", env=environ)
        assert (ended.code, ended.out) == (0, "ran\n")
        assert ended.err.count("\n") == lines


def test_no_child_looks_for_a_host_that_is_gone(start: Start, tmp_path: Path) -> None:
    """Nothing is added to its environment any more."""
    (tmp_path / "script.py").write_text(
        "import subprocess, sys\n"
        "input(print('began', flush=True) or '')\n"
        "subprocess.run([sys.executable, *sys.argv[1:]])\n"
    )
    running = start(*RUN, "--port", "0", "script.py", JOINED)
    assert running.read_line() == "began\n"
    assert eventually(running.host)
    pid = running.host()
    assert pid
    os.kill(pid, signal.SIGKILL)
    running.read_error_until("uninspected")
    running.write_line("")
    assert running.read_line() == "not watched\n"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks processes up")
def test_the_host_stays_for_a_child_that_outlives_the_program(start: Start, tmp_path: Path) -> None:
    """It is one of the program's processes, and may still tell something."""
    (tmp_path / "script.py").write_text(
        "import os, subprocess, sys\n"
        "null = subprocess.DEVNULL\n"
        "pipe = subprocess.PIPE\n"
        "code = 'import time; print(flush=True); time.sleep(1000)'\n"
        "child = subprocess.Popen([sys.executable, '-c', code], stdout=pipe, stderr=null)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
    )
    running = start(*RUN, "--port", "0", "script.py")
    place = running.place()
    child = int(running.read_line())
    try:
        assert running.end().code == 0
        attach(*place).close()
    finally:
        os.kill(child, signal.SIGTERM)
    assert eventually(lambda: running.host() is None)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks processes up")
def test_the_host_waits_for_a_child_that_was_just_started(start: Start, tmp_path: Path) -> None:
    """A program may start another as the last thing it does, and the host ends after that."""
    (tmp_path / "script.py").write_text(
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, *sys.argv[1:]], start_new_session=True)\n"
        "child.returncode = 0  # no warning that it still runs\n"
    )
    running = start(*RUN, "--port", "0", "script.py", JOINED)
    assert running.read_line() == "watched\n"
    assert eventually(lambda: running.host() is None)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks processes up")
def test_the_loss_of_the_host_is_said_once(start: Start, tmp_path: Path) -> None:
    """By the program; its children have their output to themselves."""
    (tmp_path / "script.py").write_text(
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-c', 'print(\"began\", flush=True); input()'])\n"
    )
    running = start(*RUN, "--port", "0", "script.py")
    assert running.read_line() == "began\n"
    pid = running.host()
    assert pid
    os.kill(pid, signal.SIGKILL)
    running.read_error_until("uninspected")
    running.write_line("")
    assert running.end().err.count("\n") == 1
