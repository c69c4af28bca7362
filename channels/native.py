"""What happens when a program calls native code: the lifecycles ``native`` and ``native.counts``.

Times are nanoseconds of :func:`time.monotonic_ns`.  Events are shared by all
subscribers and must not be changed.  Arguments and results are the program's
own objects, and may be memory that native code writes to: whoever wants to keep
one takes what it needs at once, in the subscriber.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import attrs

from ._lifecycle import Lifecycle, lifecycle
from ._stack import Stack

Kind: TypeAlias = Literal["extension", "ctypes", "cffi", "python"]
"""By what means a function is called."""


@attrs.define(eq=False)
class CallStarted:
    """A native function is about to be called.

    Attributes:
        id: Unique in this process; the same on every event of one call.
        at: When, in nanoseconds.
        library: What it is in: a module's name or a shared library's path.
        function: Its name there.
        kind: By what means it is called.
        arguments: The program's own objects, not copies.
        keywords: Those that are passed by name, likewise.
        stack: Where the program called it.
        thread: The name of the thread it runs in.
        locked: Whether the interpreter lock is held meanwhile; ``None`` if that is not known.
        slow_after: Nanoseconds from which on the program calls it slow; ``None`` if never.
        parent: The exchange that caused this one, if that is known.
    """

    id: int
    at: int
    library: str
    function: str
    kind: Kind
    arguments: Sequence[object]
    keywords: Mapping[str, object]
    stack: Stack
    thread: str
    locked: bool | None = None
    slow_after: int | None = None
    parent: int | None = None


@attrs.define(eq=False)
class CallReturned:
    """The native function has returned, and its stream goes on.

    Attributes:
        id: The call's.
        at: When, in nanoseconds.
        result: What the program gets, itself and not a copy.
    """

    id: int
    at: int
    result: object = None


@attrs.define(eq=False)
class CalledBack:
    """The native code has called a Python function, or has given an item of what it returned.

    Attributes:
        id: The call's.
        at: When, in nanoseconds.
        function: The qualified name of what it called; empty for an item.
        data: The arguments as the callback got them, or the item; the program's own objects.
        elapsed: Nanoseconds since the call began.
        thread: The name of the thread that this happened in.
    """

    id: int
    at: int
    function: str
    data: object
    elapsed: int
    thread: str


@attrs.define(eq=False)
class CallFinished:
    """The native function has returned, and its stream, if it has one, is over.

    Attributes:
        id: The call's.
        at: When, in nanoseconds.
        result: What the program got from the function; ``None`` after a :class:`CallReturned`.
        errno: The C library's error number, if the call is one that sets it.
        items: How many times it called back or gave an item.
    """

    id: int
    at: int
    result: object = None
    errno: int | None = None
    items: int = 0


@attrs.define(eq=False)
class CallFailed:
    """The call ended with an exception.

    Attributes:
        id: The call's.
        at: When, in nanoseconds.
        error: What was raised; the program gets that very exception.
    """

    id: int
    at: int
    error: BaseException


@attrs.define(eq=False)
class CountingStarted:
    """A function is called so often that from now on some of its calls are only counted.

    Attributes:
        id: Unique in this process; the same on every event of this count.
        at: When, in nanoseconds.
        library: What the function is in.
        function: Its name there.
        kind: By what means it is called.
        stack: Where the program called it the first time that it was only counted.
        thread: The name of the thread that was in.
        locked: See :class:`CallStarted`.
        slow_after: Likewise.
        parent: The exchange that caused that call, if that is known.
    """

    id: int
    at: int
    library: str
    function: str
    kind: Kind
    stack: Stack
    thread: str
    locked: bool | None = None
    slow_after: int | None = None
    parent: int | None = None


@attrs.define(eq=False)
class CountingAnswered:
    """Nobody publishes this: what is counted comes piece by piece.

    Attributes:
        id: The count's.
        at: When, in nanoseconds.
    """

    id: int
    at: int


@attrs.define(eq=False)
class CallsCounted:
    """Calls that were only counted, since the last such event.

    Attributes:
        id: The count's.
        at: When they were summed up, in nanoseconds.
        calls: How many calls there were.
        failed: How many of them ended with an exception.
        total: Nanoseconds that all of them took together.
        longest: Nanoseconds that the longest took.
        sample: Nanoseconds that some of them took, evenly chosen.
    """

    id: int
    at: int
    calls: int
    failed: int
    total: int
    longest: int
    sample: Sequence[int]


@attrs.define(eq=False)
class CountingFinished:
    """The function's calls are told one by one again.

    Attributes:
        id: The count's.
        at: When, in nanoseconds.
        calls: How many calls were only counted, in all.
    """

    id: int
    at: int
    calls: int


@attrs.define(eq=False)
class CountingFailed:
    """Nobody publishes this: a call that fails is counted as well.

    Attributes:
        id: The count's.
        at: When, in nanoseconds.
        error: What went wrong.
    """

    id: int
    at: int
    error: BaseException


calls: Lifecycle[CallStarted, CallReturned, CalledBack, CallFinished, CallFailed]
calls = lifecycle(
    "native",
    start=CallStarted,
    headers=CallReturned,
    body_chunk=CalledBack,
    finish=CallFinished,
    error=CallFailed,
)

counts: Lifecycle[CountingStarted, CountingAnswered, CallsCounted, CountingFinished, CountingFailed]
counts = lifecycle(
    "native.counts",
    start=CountingStarted,
    headers=CountingAnswered,
    body_chunk=CallsCounted,
    finish=CountingFinished,
    error=CountingFailed,
)
