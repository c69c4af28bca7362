"""Functions of ctypes, on the C library, sqlite3 and zlib, while they are watched."""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import gc
import threading
import traceback
import weakref
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.integrations import native
from tests.native.recording import Recording, recording


def load(name: str | None, kind: Any = ctypes.CDLL) -> Any:
    found = ctypes.util.find_library(name) if name else None
    if name and found is None:
        pytest.skip(f"there is no {name}")
    return kind(found, use_errno=True)


@pytest.fixture
def libc() -> Iterator[Any]:
    library = load("c")
    undo = native.instrument(library)
    yield library
    undo()


def test_a_call_is_told_with_its_arguments_and_its_result(libc: Any, recorded: Recording) -> None:
    assert libc.abs(-3) == 3
    call = recorded.only()
    assert (call.started.library, call.started.function) == (vars(libc)["_name"], "abs")
    assert (call.started.kind, call.started.locked) == ("ctypes", False)
    assert call.started.arguments == (-3,)
    assert call.finished is not None
    assert call.finished.result == 3


def test_a_function_that_the_program_has_already_is_watched_and_stays_the_same(
    recorded: Recording,
) -> None:
    library = load("c")
    before = library.abs
    undo = native.instrument(library, "abs")
    assert library.abs is before
    assert before(-1) == 1
    assert library["abs"](-2) == 2
    assert library.labs(-1) == 1
    undo()
    before(-1)
    assert [call.started.arguments for call in recorded] == [(-1,), (-2,)]


def test_while_nobody_listens_nothing_of_a_function_is_changed() -> None:
    gc.collect()  # tracebacks of earlier tests may keep callbacks that native code was given
    library = load("c")
    undo = native.instrument(library)
    kind = library._FuncPtr  # noqa: SLF001  # as ctypes documents it
    assert "__call__" not in vars(kind)
    with recording():
        assert "__call__" in vars(kind)
    assert "__call__" not in vars(kind)
    undo()


def test_types_of_arguments_results_and_checks_are_those_of_the_function(
    libc: Any, recorded: Recording
) -> None:
    checked: list[object] = []

    def check(result: Any, function: Any, arguments: Any) -> Any:
        checked.append((result, function is libc.strtol, arguments))
        return result + 1

    libc.strtol.restype = ctypes.c_long
    libc.strtol.argtypes = [ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int]
    libc.strtol.errcheck = check
    assert libc.strtol(b"41", None, 10) == 42
    assert checked == [(41, True, (b"41", None, 10))]
    with pytest.raises(ctypes.ArgumentError):
        libc.strtol("text", None, 10)
    assert recorded[1].failed is not None


def test_pointers_and_buffers_are_passed_on(libc: Any, recorded: Recording) -> None:
    end = ctypes.c_char_p()
    libc.strtol(b"12ab", ctypes.byref(end), 10)
    assert end.value == b"ab"
    buffer = ctypes.create_string_buffer(8)
    libc.memset(buffer, ord("x"), 4)
    assert buffer.value == b"xxxx"
    assert recorded[1].started.arguments[0] is buffer


def test_errno_is_kept_and_told(libc: Any, recorded: Recording) -> None:
    ctypes.set_errno(0)
    assert libc.close(-1) == -1
    assert ctypes.get_errno() == errno.EBADF
    finished = recorded.only().finished
    assert finished is not None
    assert finished.errno == errno.EBADF


@pytest.mark.parametrize("listening", [True, False])
def test_a_function_can_be_passed_to_another(
    libc: Any,
    listening: bool,  # noqa: FBT001  # pytest passes it by name
) -> None:
    numbers = (ctypes.c_int * 3)(3, 1, 2)
    with recording() if listening else load_nobody():
        # A comparison by a C function: strcmp of the bytes, as they lie there.
        libc.qsort(numbers, 3, ctypes.sizeof(ctypes.c_int), libc.strcmp)
    assert list(numbers) == [1, 2, 3]
    assert ctypes.cast(libc.abs, ctypes.c_void_p).value


class load_nobody:  # noqa: N801  # a context manager
    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


def test_a_callback_is_told_item_by_item(libc: Any, recorded: Recording) -> None:
    compare_type = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int)
    )

    @compare_type  # type: ignore[untyped-decorator]
    def compare(one: Any, other: Any) -> int:
        return int(one[0]) - int(other[0])

    numbers = (ctypes.c_int * 4)(4, 2, 3, 1)
    libc.qsort(numbers, 4, ctypes.sizeof(ctypes.c_int), compare)
    assert list(numbers) == [1, 2, 3, 4]
    call = recorded.only()
    assert len(call.items) >= 3
    assert call.items[0].function.endswith("compare")
    assert call.events[-1] == "finish"


def test_a_callback_that_is_kept_is_told_when_it_is_called(recorded: Recording) -> None:
    library = load("sqlite3")
    undo = native.instrument(library)
    heard: list[bytes] = []
    trace_type = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)

    def hear(_context: object, text: bytes) -> None:
        heard.append(text)

    trace = trace_type(hear)
    database = ctypes.c_void_p()
    library.sqlite3_open(b":memory:", ctypes.byref(database))
    library.sqlite3_trace.argtypes = [ctypes.c_void_p, trace_type, ctypes.c_void_p]
    library.sqlite3_trace(database, trace, None)
    tracing = recorded[-1]
    assert tracing.events == ["start", "headers"]
    library.sqlite3_exec(database, b"SELECT 1", None, None, None)
    assert heard == [b"SELECT 1"]
    assert [item.data for item in tracing.items] == [(None, b"SELECT 1")]
    library.sqlite3_close(database)
    undo()
    del trace, trace_type
    assert tracing.events[-1] in {"finish", "body_chunk"}


def test_a_single_function_pointer_can_be_watched(recorded: Recording) -> None:
    prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)
    library = load("c")
    absolute = prototype(("abs", library))
    other = prototype(("abs", library))
    undo = native.instrument(absolute)
    assert (absolute(-1), other(-2)) == (1, 2)
    undo()
    assert recorded.only().started.arguments == (-1,)


def test_a_call_that_holds_the_interpreter_lock_says_so(recorded: Recording) -> None:
    library = ctypes.PyDLL(None)
    undo = native.instrument(library, "PyLong_AsLong")
    library.PyLong_AsLong(ctypes.py_object(3))
    undo()
    assert recorded.only().started.locked is True


def test_an_error_has_none_of_our_frames(libc: Any, recorded: Recording) -> None:
    with pytest.raises(ctypes.ArgumentError) as caught:
        libc.abs(object())
    frames = traceback.extract_tb(caught.value.__traceback__)
    assert [frame.filename for frame in frames] == [__file__]
    assert len(recorded) == 1


@given(st.binary(max_size=200), st.integers(0, 2**32 - 1), st.booleans())
def test_what_zlib_gives_is_what_it_gives_untouched(
    data: bytes,
    start: int,
    listening: bool,  # noqa: FBT001  # Hypothesis passes it by name
) -> None:
    library = load("z")
    library.crc32.restype = ctypes.c_ulong
    library.crc32.argtypes = [ctypes.c_ulong, ctypes.c_char_p, ctypes.c_uint]
    undo = native.instrument(library)
    with recording() if listening else load_nobody():
        assert library.crc32(start, data, len(data)) == zlib.crc32(data, start)
    undo()


def test_threads_call_at_the_same_time(libc: Any, recorded: Recording) -> None:
    threads = [threading.Thread(target=libc.usleep, args=(1000,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [call.events for call in recorded] == [["start", "finish"]] * 4
    assert len({call.started.thread for call in recorded}) == 4


def test_callbacks_can_be_made_as_ever_after_undo() -> None:
    prototype = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)

    def more(value: int) -> int:
        return value + 1

    undo = native.instrument(load("c"), "abs")
    assert prototype(more)(1) == 2
    undo()
    assert "__new__" not in vars(prototype)
    assert ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int) is prototype
    assert prototype(more)(1) == 2
    unchecked: Any = prototype
    with pytest.raises(TypeError):
        unchecked(more, "too", "many", "arguments")


def test_an_object_that_keeps_its_callback_can_be_collected(libc: Any) -> None:
    class Owner:
        def __init__(self) -> None:
            self.callback = ctypes.CFUNCTYPE(ctypes.c_int)(self.heard)

        def heard(self) -> int:
            return 1

    owner = Owner()
    with recording():
        libc.abs(owner.callback())
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None
