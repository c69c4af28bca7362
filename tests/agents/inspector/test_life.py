"""The host is there as long as somebody needs it, and no longer."""

from __future__ import annotations

import math

import attrs
import pytest
import trio
from trio.testing import MockClock, trio_test

from tapscope.agents.host.inspector.life import ARRIVAL, LINGER, Census, Life, Vigil

NOBODY = Census()
PROGRAM = Census(programs=1, ever_linked=True)
BOTH = Census(programs=1, sessions=1, ever_linked=True)
FRONT_END = Census(sessions=1, ever_linked=True)
EARLY_FRONT_END = Census(sessions=1)
PROGRAM_AND_KEEPER = Census(programs=1, keepers=1, ever_linked=True)
KEEPER = Census(keepers=1, ever_linked=True)
KEPT_FRONT_END = Census(keepers=1, sessions=1, ever_linked=True)
DESERTED = Census(ever_linked=True)
LONE_KEEPER = Census(keepers=1)
PROGRAM_AND_HEIR = Census(programs=1, ever_linked=True, expected=1)
HEIR = Census(ever_linked=True, expected=1)

NEVER = math.inf


def foretold(history: list[Census], *, keep: bool) -> float:
    """The end that is foretold after *history*, one census a second from 101 on."""
    life = Life(began=100, patience=15, keep=keep)
    end = NEVER
    for now, census in enumerate(history, 101):
        end = life.observe(census, now)
    return end


@pytest.mark.parametrize(
    ("history", "end"),
    [
        ([NOBODY], 115),
        ([EARLY_FRONT_END], NEVER),
        ([EARLY_FRONT_END, NOBODY], 115),
        ([PROGRAM], NEVER),
        ([PROGRAM, DESERTED], 102),
        ([PROGRAM, PROGRAM_AND_KEEPER, KEEPER], 103),
        ([PROGRAM_AND_HEIR, HEIR], 102 + ARRIVAL),
        ([PROGRAM_AND_HEIR, HEIR, PROGRAM], NEVER),
        ([PROGRAM_AND_HEIR, HEIR, PROGRAM, DESERTED], 104),
        ([PROGRAM, BOTH], NEVER),
        ([PROGRAM, BOTH, PROGRAM], NEVER),
        ([PROGRAM, BOTH, PROGRAM, DESERTED], 104),
        ([PROGRAM, BOTH, FRONT_END], NEVER),
        ([PROGRAM, BOTH, FRONT_END, DESERTED], 104 + LINGER),
        ([PROGRAM, BOTH, FRONT_END, DESERTED, FRONT_END], NEVER),
        ([PROGRAM, BOTH, FRONT_END, DESERTED, PROGRAM], NEVER),
    ],
)
def test_it_ends_with_the_last_program_and_the_last_front_end(
    history: list[Census], end: float
) -> None:
    assert foretold(history, keep=False) == end


@pytest.mark.parametrize(
    ("history", "end"),
    [
        ([NOBODY], 115),
        ([LONE_KEEPER], 115),
        ([PROGRAM], NEVER),
        ([PROGRAM, DESERTED], 102 + 15),
        ([PROGRAM, DESERTED, KEEPER], NEVER),
        ([PROGRAM, KEEPER], NEVER),
        ([PROGRAM, KEEPER, DESERTED], 103),
        ([PROGRAM, KEEPER, KEPT_FRONT_END], NEVER),
        ([PROGRAM, KEEPER, KEPT_FRONT_END, FRONT_END], 104),
        ([PROGRAM, KEEPER, KEPT_FRONT_END, KEEPER], 104 + LINGER),
        ([PROGRAM, BOTH, PROGRAM, KEEPER], NEVER),
        ([PROGRAM, KEEPER, DESERTED, PROGRAM], NEVER),
    ],
)
def test_a_host_that_keeps_stays_for_its_keeper_until_the_last_front_end_leaves(
    history: list[Census], end: float
) -> None:
    assert foretold(history, keep=True) == end


def test_an_end_that_has_passed_is_foretold_for_now() -> None:
    life = Life(began=0, patience=15)
    life.observe(EARLY_FRONT_END, 20)
    assert life.observe(NOBODY, 30) == 30


@trio_test
async def test_the_vigil_returns_when_the_end_has_come(mock_clock: MockClock) -> None:
    vigil = Vigil(Life(began=trio.current_time(), patience=15))
    vigil.observe(NOBODY)
    began = mock_clock.current_time()
    await vigil.wait()
    assert mock_clock.current_time() - began == pytest.approx(15)


@trio_test
async def test_the_vigil_goes_on_while_the_end_is_put_off(mock_clock: MockClock) -> None:
    vigil = Vigil(Life(began=trio.current_time(), patience=15))
    vigil.observe(NOBODY)
    began = mock_clock.current_time()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(vigil.wait)
        await trio.sleep(14)
        vigil.observe(PROGRAM)
        await trio.sleep(100)
        vigil.observe(attrs.evolve(PROGRAM, programs=0))
    assert mock_clock.current_time() - began == pytest.approx(114)


@trio_test
async def test_the_vigil_ends_when_it_is_told_to(mock_clock: MockClock) -> None:
    began = mock_clock.current_time()
    vigil = Vigil(Life(began=trio.current_time()))
    vigil.observe(PROGRAM)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(vigil.wait)
        await trio.sleep(1)
        vigil.end()
    assert mock_clock.current_time() - began == pytest.approx(1)
