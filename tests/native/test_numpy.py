"""A native module of others: numpy."""

from __future__ import annotations

import pickle
import sys
from typing import Any

import numpy as np

from tapscope.agents import Session
from tapscope.integrations import native
from tests.native.recording import Recording

multiarray: Any = sys.modules["numpy._core._multiarray_umath"]


def test_its_functions_are_told_and_give_what_they_give(recorded: Recording) -> None:
    undo = native.instrument(multiarray, "zeros")
    array = multiarray.zeros((2, 3))
    undo()
    assert array.shape == (2, 3)
    assert recorded.only().started.arguments == ((2, 3),)


def test_all_of_it_can_be_watched_and_gives_what_it_gives(recorded: Recording) -> None:
    def work() -> list[Any]:
        numbers = np.arange(12.0).reshape(3, 4)
        copied = pickle.loads(pickle.dumps(numbers))
        return [
            type(numbers) is np.ndarray,
            (numbers @ copied.T).tolist(),
            np.concatenate([numbers, copied]).mean(axis=0).tolist(),
            np.linalg.inv(np.eye(2)).tolist(),
            np.sort(copied.ravel())[::-1].astype("f4").searchsorted(3),
            str(np.datetime64("2020-01-01").astype("O")),
        ]

    before = work()
    undo = native.instrument(multiarray)
    try:
        assert work() == before
    finally:
        undo()
    told = {call.started.function for call in recorded}
    assert {"arange", "ndarray.reshape", "ndarray.tolist", "_reconstruct"} <= told
    assert work() == before


def test_its_arrays_are_shown_by_shape_and_type() -> None:
    undo = native.instrument(multiarray, "frombuffer")
    with Session() as session:
        session.post("Native.enable")
        multiarray.frombuffer(bytes(16), dtype=np.float64)
        [finished] = [e.params for e in session.events if e.method == "Native.callFinished"]
    undo()
    assert "float64" in str(finished["result"])
