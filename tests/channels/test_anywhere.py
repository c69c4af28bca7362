"""Publishing works wherever Python code runs; each of these is a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from tapscope.channels import (
    SubscriberFailed,
    Subscription,
    channel,
    on_subscriber_error,
    subscribe,
)


def output_of(program: str, *options: str) -> str:
    """Run *program*; give what it prints, after checking that it has nothing to complain of."""
    done = subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


def test_from_a_finalizer() -> None:
    assert (
        output_of("""
        import gc
        from tapscope.channels import channel

        gone = channel("test.gone")

        class Handle:
            def __init__(self):
                self.itself = self
            def __del__(self):
                gone.publish("gone")
                gone.subscribe(print).close()

        gone.subscribe(print)
        Handle()
        gc.collect()
        """)
        == "gone test.gone\n"
    )


def test_from_a_finalizer_at_interpreter_shutdown() -> None:
    """Where modules are being taken apart, and where a subscriber fails on top of it."""
    assert (
        output_of("""
        import builtins, sys
        from tapscope.channels import channel, on_subscriber_error

        class Handle:
            def __init__(self, gone):
                self.gone = gone
            def __del__(self, write=sys.stdout.write):
                self.gone.publish("gone")
                write("published\\n")

        def fail(message, name):
            raise ValueError(message)

        gone = channel("test.gone")
        gone.subscribe(fail)
        on_subscriber_error(lambda failure: None)
        builtins.last = Handle(gone)
        sys.modules["kept"] = Handle(gone)
        """)
        == "published\npublished\n"
    )


def test_from_a_signal_handler_in_the_middle_of_everything() -> None:
    """A handler that publishes, subscribes and leaves while the main thread does so, too."""
    assert (
        output_of("""
        import signal
        from tapscope.channels import channel

        ticks = channel("test.ticks")
        heard = []
        handled = 0

        def on_alarm(signum, frame):
            global handled
            handled += 1
            ticks.publish(handled)
            subscription = ticks.subscribe(lambda m, n: None)
            channel(f"test.alarm{handled % 50}").subscribe(print).close()
            subscription.close()

        ticks.subscribe(lambda m, n: heard.append(m))
        signal.signal(signal.SIGALRM, on_alarm)
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0005)
        while handled < 300:
            with ticks.subscribe(lambda m, n: None):
                ticks.publish(0)
            assert ticks.subscriber_count == 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        assert ticks.subscriber_count == 1, ticks
        # The eighth level is the deepest; a handler inside a handler may get there.
        print(len(set(heard)) > 250)
        """)
        == "True\n"
    )


@needs_fork
def test_in_a_child_forked_while_others_subscribe() -> None:
    """The lock is never left locked in the child."""
    assert (
        output_of(
            """
        import os, threading
        from tapscope.channels import channel

        held = channel("test.held")
        stop = threading.Event()

        def churn():
            while not stop.is_set():
                held.subscribe(print).close()

        threads = [threading.Thread(target=churn) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(40):
            child = os.fork()
            if not child:
                heard = []
                with channel("test.child").subscribe(lambda m, n: heard.append(m)):
                    channel("test.child").publish("hello")
                held.publish("nobody prints this here") if not held.has_subscribers else None
                os._exit(0 if heard == ["hello"] else 1)
            assert os.waitpid(child, 0)[1] == 0
        stop.set()
        for thread in threads:
            thread.join()
        print("done")
        """,
            "-W",
            "ignore::DeprecationWarning",
        )
        == "done\n"
    )


@needs_fork
def test_in_a_child_forked_by_a_subscriber() -> None:
    """Subscriptions go along, and a publish under way ends in both."""
    printed = output_of("""
        import os
        from tapscope.channels import channel

        forked = channel("test.forked")

        def fork(message, name):
            global child
            child = os.fork()

        forked.subscribe(fork)
        forked.subscribe(lambda m, n: os.write(1, b"heard\\n"))
        forked.publish(1)
        if not child:
            os._exit(0)
        os.waitpid(child, 0)
        """)
    assert printed == "heard\nheard\n"


def test_when_tapscope_debugs_itself() -> None:
    """What is published out of order is logged, and nothing else happens."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from tapscope.channels import lifecycle; lifecycle('acme.job').finish.publish(1)",
        ],
        env={**os.environ, "TAPSCOPE_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "acme.job: exchange None is unknown, where start may come, not finish" in done.stderr


def test_from_many_threads_while_others_come_and_go(name: str) -> None:
    """Nobody who stays misses a message, nobody is called after leaving, nothing raises."""
    threads, messages = 6, 400
    held = channel(f"{name}.busy")
    heard: list[object] = []
    held.subscribe(lambda message, _: heard.append(message))
    everyone = threading.Barrier(2 * threads)
    errors: list[BaseException] = []
    closed: list[bool] = []

    def publish(number: int) -> None:
        for count in range(messages):
            held.publish((number, count))

    def come_and_go(number: int) -> None:
        for count in range(messages // 4):
            made: list[Subscription] = [
                held.subscribe(lambda _, __: None),
                subscribe(f"{name}.*", lambda _, __: None),
            ]
            channel(f"{name}.new{number}x{count}").publish(None)
            for subscription in made:
                subscription.close()
            closed.append(True)

    def run(work: object, number: int) -> None:
        try:
            everyone.wait()
            work(number)  # type: ignore[operator]
        except BaseException as error:
            errors.append(error)

    running = [
        threading.Thread(target=run, args=(work, number))
        for work in (publish, come_and_go)
        for number in range(threads)
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert errors == []
    assert sorted(heard) == [(n, c) for n in range(threads) for c in range(messages)]  # type: ignore[type-var]
    assert len(closed) == threads * (messages // 4)
    assert held.subscriber_count == 1


def test_a_subscriber_that_fails_in_many_threads_is_reported_once(name: str) -> None:
    """And hurts none of them, nor the one beside it."""
    threads, messages = 8, 200
    held = channel(name)
    heard: list[object] = []
    reports: list[SubscriberFailed] = []
    together = threading.Barrier(threads)

    def fail(_: object, __: str) -> None:
        time.sleep(0)  # so that others fail meanwhile
        raise ValueError

    def publish() -> None:
        together.wait()
        for message in range(messages):
            held.publish(message)

    held.subscribe(fail)
    held.subscribe(lambda message, _: heard.append(message))
    previous = on_subscriber_error(reports.append)
    running = [threading.Thread(target=publish) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    on_subscriber_error(previous)
    assert len(heard) == threads * messages
    assert len(reports) == 1


def test_threads_do_not_count_as_levels_of_one_another(name: str) -> None:
    """Twenty threads inside one publish each, at once: none is taken for a recursion."""
    heard: list[int] = []
    together = threading.Barrier(20)
    held = channel(name)

    def hear(message: int, _: str) -> None:
        together.wait(timeout=30)
        heard.append(message)

    held.subscribe(hear)
    threads = [threading.Thread(target=held.publish, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == list(range(20))
