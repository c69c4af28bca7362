"""Many threads use the bus at once, and some fork."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable

from tapscope.channels import Channel, channel, has_subscribers, subscribe

ROUNDS = 300


def run_together(*works: Callable[[], None]) -> None:
    """Run each in a thread of its own; raises what one of them raised."""
    failed: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def ignore(*_: object) -> None:
    pass


def test_a_steady_subscriber_misses_nothing_while_others_come_and_go(name: str) -> None:
    heard: list[object] = []
    channel(name).subscribe(lambda message, _: heard.append(message))

    def publish() -> None:
        for number in range(ROUNDS):
            channel(name).publish(number)

    def come_and_go() -> None:
        for _ in range(ROUNDS):
            channel(name).subscribe(ignore).close()

    run_together(publish, come_and_go, publish, come_and_go)
    assert sorted(map(str, heard)) == sorted(map(str, [*range(ROUNDS)] * 2))


def test_threads_that_ask_for_a_name_at_once_get_one_channel(name: str) -> None:
    found: set[Channel[object]] = set()
    barrier = threading.Barrier(8)

    def ask() -> None:
        barrier.wait()
        found.add(channel(name))

    run_together(*[ask] * 8)
    assert len(found) == 1


def test_a_pattern_and_new_channels_meet_exactly_once(name: str) -> None:
    counted: dict[str, int] = {}
    barrier = threading.Barrier(2)

    def count(_message: object, which: str) -> None:
        counted[which] = counted.get(which, 0) + 1

    def create() -> None:
        barrier.wait()
        for number in range(ROUNDS):
            channel(f"{name}.c{number}")

    def listen() -> None:
        barrier.wait()
        subscribe(f"{name}.*", count)

    run_together(create, listen)
    for number in range(ROUNDS):
        channel(f"{name}.c{number}").publish(None)
    assert counted == {f"{name}.c{number}": 1 for number in range(ROUNDS)}


def test_subscriptions_closed_by_many_threads_leave_none(name: str) -> None:
    def come_and_go() -> None:
        for _ in range(ROUNDS):
            with subscribe(f"{name}.**", ignore):
                channel(f"{name}.child").publish(None)

    run_together(*[come_and_go] * 4)
    assert not has_subscribers(f"{name}.child")


FORKING = """
import os, sys, threading
from tapscope.channels import channel, subscribe

busy = True

def come_and_go():
    while busy:
        with subscribe("fork.**", lambda *_: None):
            channel("fork.busy").publish(1)

threads = [threading.Thread(target=come_and_go) for _ in range(3)]
for thread in threads:
    thread.start()
failed = 0
for _ in range(50):
    pid = os.fork()
    if pid == 0:
        with subscribe("fork.**", lambda *_: None):
            channel("fork.child").publish(1)
        os._exit(0)
    failed += os.waitpid(pid, 0)[1]
busy = False
for thread in threads:
    thread.join()
sys.exit(failed)
"""


def test_a_child_forked_while_threads_subscribe_can_subscribe() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKING], timeout=240, check=False, text=True
    )
    assert done.returncode == 0
