"""Functions that are called too often to be told call by call."""

from __future__ import annotations

import threading
from types import ModuleType
from typing import Any

import pytest

from tapscope import channels
from tapscope.agents import Session
from tapscope.channels import delivery
from tapscope.channels.counting import TOLD
from tapscope.channels.native import CallsCounted
from tapscope.channels.testing import fake_clock
from tapscope.integrations import native
from tests.e2e.patience import wait
from tests.native.recording import recording


def test_what_is_beyond_the_rate_is_counted_exactly(backend: ModuleType) -> None:
    undo = native.instrument(backend, "js__*")
    counted: list[Any] = []
    with (
        channels.subscribe("native.counts.**", lambda event, _: counted.append(event)),
        fake_clock() as clock,
        recording() as told,
    ):
        for _ in range(TOLD + 500):
            backend.js__nothing()
        for _ in range(3):
            with pytest.raises(ValueError, match="no"):
                backend.js__fail("no")
        clock.advance(seconds=1)
        delivery.gather()
        backend.js__nothing()
        clock.advance(seconds=1)
        delivery.gather()
    undo()
    assert len(told) == TOLD + 3 + 1
    pieces = [event for event in counted if isinstance(event, CallsCounted)]
    assert sum(piece.calls for piece in pieces) == 500
    assert [type(event).__name__ for event in counted] == [
        "CountingStarted",
        "CallsCounted",
        "CountingFinished",
    ]


def test_a_call_that_took_long_is_told_when_it_has_ended(backend: ModuleType) -> None:
    undo = native.instrument(backend, "js__*")
    with fake_clock() as clock, recording() as told:

        def take_long(_number: int) -> None:
            clock.advance(seconds=1)

        for _ in range(TOLD + 1):
            backend.js__each(take_long, 0)
        backend.js__each(take_long, 1)
    undo()
    assert len(told) == TOLD + 1
    late = told[-1]
    assert late.started.arguments[1:] == (1,)
    assert late.finished is not None
    assert late.finished.at - late.started.at == 1_000_000_000
    assert late.finished.result == 1


def test_statistics_have_those_that_are_told_and_those_that_are_counted(
    backend: ModuleType,
) -> None:
    undo = native.instrument(backend, "js__*")
    calls = 20 * TOLD
    with Session() as session:
        session.post("Native.enable")
        for _ in range(calls):
            backend.js__nothing()
        with pytest.raises(ValueError, match="no"):
            backend.js__fail("no")
        delivery.gather(last=True)
        statistics = session.post("Native.getStatistics")["statistics"]
    undo()
    [nothing] = [one for one in statistics if one["function"] == "js__nothing"]
    [failing] = [one for one in statistics if one["function"] == "js__fail"]
    assert nothing["count"] == calls
    assert 0 < nothing["counted"] <= calls - TOLD
    assert nothing["p50"] <= nothing["p95"] <= nothing["max"] <= nothing["total"]
    assert (failing["count"], failing["failed"]) == (1, 1)


def test_a_call_that_hangs_is_told_though_it_was_to_be_counted(backend: ModuleType) -> None:
    undo = native.instrument(backend, "js__*")
    with Session() as session:
        session.post("Native.enable")
        for _ in range(TOLD):
            backend.js__sleep(0)
        thread = threading.Thread(target=backend.js__sleep, args=(5.5,), name="sleeper")
        thread.start()
        running = wait(lambda: session.post("Native.getRunning")["calls"])
        thread.join()
        wait(lambda: not session.post("Native.getRunning")["calls"])
        delivery.gather(last=True)
        [statistics] = session.post("Native.getStatistics")["statistics"]
    undo()
    [call] = running
    assert (call["arguments"], call["thread"]) == ([5.5], "sleeper")
    assert statistics["count"] == TOLD + 1
