"""What is delivered at once, without the tap's own thread."""

from __future__ import annotations

import threading

from tapscope.agents.link.messages import WorkStarted
from tapscope.agents.tap import Tap
from tapscope.channels.calling import NativeCall, NativeFunction
from tapscope.channels.delivery import deliver
from tests.agents.tap.carriers import FakeCarrier, hello


class IdleCarrier(FakeCarrier):
    """A link on which the tap's thread waits until the test is over."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = threading.Event()
        self.over = threading.Event()

    def wait(self, seconds: float, *, writing: bool) -> None:
        self.waiting.set()
        self.over.wait(60)
        super().wait(seconds, writing=writing)

    def wake(self) -> None:
        self.over.set()
        super().wake()


def test_the_start_of_a_call_is_written_by_the_thread_that_calls() -> None:
    carrier = IdleCarrier()
    tap = Tap(lambda: carrier, hello, print, print)
    tap.start()
    tap.attach()
    try:
        assert carrier.waiting.wait(60)
        call = NativeCall.start(NativeFunction("backend", "js__run", "extension"), (1,), {})
        assert [m.id for m in carrier.messages if isinstance(m, WorkStarted)] == [
            call.id if call else None
        ]
        if call is not None:
            call.returned(None)
    finally:
        carrier.over.set()
        tap.close()


def test_who_has_left_delivers_nothing() -> None:
    carrier = IdleCarrier()
    tap = Tap(lambda: carrier, hello, print, print)
    tap.start()
    tap.attach()
    carrier.over.set()
    tap.close()
    written = len(carrier.messages)
    deliver()
    tap.deliver()
    assert len(carrier.messages) == written
