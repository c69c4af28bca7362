from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tapscope.agents.tap.hidden_thread import HiddenThread


def test_the_program_does_not_see_it() -> None:
    before = set(threading.enumerate())
    go_on = threading.Event()

    def run(_: HiddenThread) -> None:
        go_on.wait()

    thread = HiddenThread(run)
    thread.start()
    assert set(threading.enumerate()) <= before
    assert not thread.join(0)
    go_on.set()
    assert thread.join(60)


def test_the_program_does_not_see_it_either_after_it_was_asked_for() -> None:
    """As by a record of logging, which has the name of its thread."""
    before = set(threading.enumerate())

    def ask(_: HiddenThread) -> None:
        threading.current_thread()

    thread = HiddenThread(ask)
    thread.start()
    assert thread.join(60)
    assert set(threading.enumerate()) <= before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the threads of a process")
def test_the_system_counts_it_no_more_once_it_is_joined() -> None:
    tasks = Path("/proc/self/task")
    before = set(tasks.iterdir())
    for _ in range(20):
        thread = HiddenThread(lambda _: None)
        thread.start()
        assert thread.join(60)
        assert set(tasks.iterdir()) <= before


WAITS_FOR_A_SIGNAL = """
import os, signal, threading
from tapscope.agents.tap.hidden_thread import HiddenThread
started, go_on = threading.Event(), threading.Event()
HiddenThread(lambda _: (started.set(), go_on.wait()) and None).start()
started.wait()
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
os.kill(os.getpid(), signal.SIGUSR1)
print(signal.sigwait([signal.SIGUSR1]))
"""


def test_a_signal_that_the_program_blocks_and_waits_for_is_the_programs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WAITS_FOR_A_SIGNAL], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, str(int(signal.SIGUSR1)))
