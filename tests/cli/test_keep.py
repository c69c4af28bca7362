"""``--keep``: what the program did can be looked at when it has ended."""

from __future__ import annotations

import os
import signal

import pytest

from tests.cli.conftest import PROGRAMS, RUN, Running, Start, attach, eventually
from tests.cli.test_life import needs_proc, refused

ENDED = "the program has ended"
KEEP = (*RUN, "--port", "0", "--keep")


def test_the_host_stays_until_the_last_front_end_has_left(start: Start) -> None:
    """The command stays with it, and then has the program's exit code."""
    running = start(*KEEP, "-c", "raise SystemExit(3)")
    place = running.place()
    running.read_error_until(ENDED)
    with attach(*place):
        assert running.process.poll() is None
    assert running.end().code == 3
    assert eventually(lambda: refused(place))


def test_interrupting_ends_the_host(start: Start) -> None:
    """Ctrl-C says that nobody will look any more; the exit code is still the program's."""
    running = start(*KEEP, "-c", "raise SystemExit(3)")
    place = running.place()
    running.read_error_until(ENDED)
    running.process.send_signal(signal.SIGINT)
    assert running.end().code == 3
    assert eventually(lambda: refused(place))


def test_the_death_by_a_signal_is_passed_on(start: Start) -> None:
    """The command dies by the signal that its program died by."""
    running = start(*KEEP, "-c", "import os; os.kill(os.getpid(), 15)")
    running.read_error_until(ENDED)
    running.process.send_signal(signal.SIGINT)
    assert running.end().code == -signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_reach_the_program(start: Start, number: signal.Signals) -> None:
    """What is sent to the command is meant for the program."""
    code = (
        "import signal, sys, time\n"
        "signal.signal(int(sys.argv[1]), lambda *_: sys.exit(4))\n"
        "print('ready', flush=True)\n"
        "while True: time.sleep(0.02)\n"
    )
    running = start(*KEEP, "-c", code, str(int(number)))
    assert running.read_line() == "ready\n"
    running.process.send_signal(number)
    running.read_error_until(ENDED)
    running.process.send_signal(signal.SIGINT)
    assert running.end().code == 4


def test_ctrl_c_is_the_programs_while_it_runs(start: Start) -> None:
    """The terminal sends it to both; the first one ends the program, the second one the keeping."""
    running = start(*KEEP, str(PROGRAMS / "ticks.py"))
    running.read_line()
    os.killpg(running.process.pid, signal.SIGINT)
    running.read_error_until(ENDED)
    os.killpg(running.process.pid, signal.SIGINT)
    ended = running.end()
    assert ended.code == -signal.SIGINT
    assert "KeyboardInterrupt" in ended.err


@needs_proc
def test_the_host_does_not_outlive_the_command(start: Start) -> None:
    """A command that is killed keeps nothing."""
    running: Running = start(*KEEP, "-c", "pass")
    running.read_error_until(ENDED)
    assert running.host()
    running.process.kill()
    assert eventually(lambda: running.host() is None)
