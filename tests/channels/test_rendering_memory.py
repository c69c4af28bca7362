"""What is shown of the values that native code works on."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import pytest

from tapscope.channels.rendering import Limits, render

HERE = __name__


class Hidden:
    pass


class Handle(ctypes.c_void_p):
    def __del__(self) -> None:
        raise AssertionError


class Pair(ctypes.Structure):
    _fields_ = (
        ("number", ctypes.c_int),
        ("small", ctypes.c_int, 3),
        ("name", ctypes.c_char_p),
        ("place", ctypes.c_void_p),
        ("letters", ctypes.c_char * 4),
        ("handle", Handle),
    )


def test_values_of_ctypes_are_shown_with_their_types() -> None:
    """Arrays and structures with what is in them."""
    assert render(ctypes.c_int(3)) == {"type": "ctypes.c_int", "value": 3}
    numbers = (ctypes.c_int16 * 3)(1, 2, 3)
    assert render(numbers) == {
        "type": f"{type(numbers).__module__}.c_short_Array_3",
        "bytes": 6,
        "items": [1, 2, 3],
    }
    pair = Pair(1, 2, None, 16, b"ab")
    assert render(pair) == {
        "type": f"{HERE}.Pair",
        "number": 1,
        "small": 2,
        "name": "<ctypes.c_char_p 0x0>",
        "place": "<ctypes.c_void_p 0x10>",
        "letters": b"ab",
        "handle": f"<{HERE}.Handle>",
    }


@pytest.mark.parametrize(
    "pointer",
    [
        ctypes.c_void_p(16),
        ctypes.c_char_p(16),
        ctypes.cast(ctypes.c_void_p(16), ctypes.POINTER(Pair)),
        ctypes.CFUNCTYPE(None)(16),
    ],
    ids=lambda pointer: type(pointer).__name__,
)
def test_a_pointer_is_shown_and_not_followed(pointer: object) -> None:
    """Where it leads, nobody may read."""
    shown = render(pointer)
    assert isinstance(shown, str)
    assert shown.endswith(" 0x10>")


def test_memory_that_an_object_does_not_own_is_not_read() -> None:
    """It may be gone."""
    assert render(ctypes.c_int.from_address(16)) == "<ctypes.c_int>"
    lent = ctypes.cast(ctypes.c_void_p(16), ctypes.POINTER(Pair)).contents
    assert render(lent) == f"<{HERE}.Pair>"


def test_arrays_of_numpy_are_shown_with_shape_and_type() -> None:
    """And with their first items, if these are no objects."""
    numpy = pytest.importorskip("numpy")
    assert render(numpy.arange(4, dtype="i2").reshape(2, 2)) == {
        "type": "numpy.ndarray",
        "shape": [2, 2],
        "dtype": "int16",
        "bytes": 8,
        "items": [0, 1, 2, 3],
    }
    many: Any = render(numpy.zeros(1_000))
    assert many["items"][20:] == ["… (980 more)"]
    few: Any = render(numpy.arange(1_000), Limits(items=2))
    assert few["items"] == [0, 1, "… (998 more)"]
    assert "items" not in str(render(numpy.array([object()])))
    assert render(numpy.float32(1.5)) == {"type": "numpy.float32", "value": 1.5}
    assert render(numpy.longdouble(1.5)) == {"type": "numpy.longdouble", "value": 1.5}


def test_an_array_that_maps_a_file_is_not_read(tmp_path: Path) -> None:
    """Reading there may wait, or kill the process."""
    numpy = pytest.importorskip("numpy")
    mapped = numpy.memmap(tmp_path / "data", dtype="i4", mode="w+", shape=(3,))
    assert render(mapped) == {
        "type": numpy.memmap.__module__ + ".memmap",
        "shape": [3],
        "dtype": "int32",
        "bytes": 12,
    }
    assert "items" not in str(render(mapped[1:]))


def test_values_of_cffi_are_shown_as_it_writes_them() -> None:
    """A handle without the object that it stands for."""
    ffi = pytest.importorskip("cffi").FFI()
    assert render(ffi.cast("int", 3)) == "<cdata 'int' 3>"
    assert render(ffi.NULL) == "<cdata 'void *' NULL>"
    handle = ffi.new_handle(Hidden())
    assert "Hidden" not in str(render(handle))
