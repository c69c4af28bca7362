"""The legal orders of an exchange, and the checker that knows them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from tapscope.channels import LifecycleError, lifecycle
from tapscope.channels.lifecycle_states import (
    LEGAL_ORDERS,
    REMEMBERED,
    LifecycleChecker,
    checked,
    mermaid,
)

EVENTS = ("start", "headers", "body_chunk", "finish", "error")


@attrs.define
class Event:
    id: int = 1


def publish(name: str, order: Sequence[str], number: int = 1) -> str:
    for event in order:
        getattr(lifecycle(name), event).publish(Event(number))
    return name


def legal(order: Sequence[str]) -> bool:
    """The rule in another form: as a regular expression over initials."""
    initials = "".join(event[0] for event in order)
    return re.fullmatch(r"(sb*(hb*)?[fe]?)?", initials) is not None


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_the_checker_refuses_exactly_the_illegal_orders(name: str, length: int) -> None:
    checker = LifecycleChecker()
    checker.install()
    for number, order in enumerate(itertools.product(EVENTS, repeat=length)):
        publish(name, order, number)
        assert (checker.violations == []) is legal(order), order
        checker.violations.clear()
    checker.remove()


def test_the_error_says_what_was_out_of_order(name: str) -> None:
    said = f"{name}: exchange 1 is finished.*not body_chunk"
    with pytest.raises(LifecycleError, match=said), checked():
        publish(name, ["start", "finish", "body_chunk"])


def test_exchanges_are_told_apart_by_their_ids(name: str) -> None:
    with checked() as checker:
        for event in ("start", "finish"):
            for number in (1, 2):
                getattr(lifecycle(name), event).publish(Event(number))
        lifecycle(name).start.publish(Event(3))
        assert checker.open == 1
    assert checker.violations == []


def test_lifecycles_made_meanwhile_are_checked_as_well(name: str) -> None:
    with pytest.raises(LifecycleError), checked():
        publish(f"{name}.made.now", ["finish"])


def test_an_event_of_another_class_is_a_violation(name: str) -> None:
    bundle = lifecycle(
        name, start=Event, headers=Event, body_chunk=Event, finish=Event, error=Event
    )
    with pytest.raises(LifecycleError, match=r"start carries Event, not 'text'"), checked():
        bundle.start.publish("text")  # type: ignore[arg-type]


def test_an_error_of_the_block_comes_first(name: str) -> None:
    with pytest.raises(KeyError), checked():
        raise KeyError(publish(name, ["finish"]))


def test_nothing_is_checked_or_subscribed_to_otherwise(name: str) -> None:
    bundle = lifecycle(name)
    with checked():
        assert bundle.has_subscribers
    assert not bundle.has_subscribers
    publish(name, ["finish"])


def test_old_exchanges_are_forgotten(name: str) -> None:
    """A long run of a program that is checked does not grow for ever."""
    bundle = lifecycle(name)
    with checked() as checker:
        for number in range(REMEMBERED + 10):
            bundle.start.publish(Event(number))
            bundle.finish.publish(Event(number))
        bundle.start.publish(Event(0))
        assert checker.open == 1


def test_the_documentation_has_the_drawing() -> None:
    """Drawn again from the table: ``python -m tapscope.channels.lifecycle_states``."""
    page = Path(__file__).parents[2] / "docs" / "lifecycle.md"
    assert f"```mermaid\n{mermaid()}\n```" in page.read_text()


def test_the_drawing_has_an_arrow_for_each_move() -> None:
    drawn = mermaid()
    moves = [(state, event) for state, legal in LEGAL_ORDERS.items() for event in legal]
    for state, event in moves:
        assert f"{state} --> {LEGAL_ORDERS[state][event]}: {event}" in drawn
    assert drawn.count(": ") == len(moves)
    assert set(EVENTS) == {event for _, event in moves}
