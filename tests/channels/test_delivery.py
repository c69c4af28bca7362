"""Having what was published carried off, and what was held back published."""

from __future__ import annotations

from tapscope.channels.delivery import deliver, delivered_by, gather, gathered_by


def test_couriers_are_called_in_order_until_they_are_closed() -> None:
    called: list[str] = []
    first = delivered_by(lambda: called.append("first"))
    with delivered_by(lambda: called.append("second")):
        deliver()
        first.close()
        deliver()
    deliver()
    assert called == ["first", "second", "second"]


def test_a_courier_that_fails_harms_nobody() -> None:
    called: list[str] = []

    def fail() -> None:
        raise OSError

    with delivered_by(fail), delivered_by(lambda: called.append("other")):
        deliver()
    assert called == ["other"]


def test_gatherers_learn_whether_it_is_the_last_time() -> None:
    called: list[bool] = []
    with gathered_by(called.append):
        gather()
        gather(last=True)
    gather()
    assert called == [False, True]
