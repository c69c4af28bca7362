"""What happens when a program calls native code: the lifecycle ``native``.

Times are nanoseconds of :func:`time.monotonic_ns`.  Events are shared by all
subscribers and must not be changed.  Arguments and results are the program's
own objects, and may be memory that native code writes to: whoever wants to keep
one takes what it needs at once, in the subscriber.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ._lifecycle import Lifecycle, lifecycle
from ._stack import Stack


@attrs.define(eq=False)
class CallStarted:
    """A native function is about to be called.

    Attributes:
        id: Unique in this process; the same on every event of one call.
        at: When, in nanoseconds.
        library: What it is in: a module's name or a shared library's path.
        function: Its name there.
        arguments: The program's own objects, not copies.
        stack: Where the program called it.
        thread: The name of the thread it runs in.
        parent: The exchange that caused this one, if that is known.
    """

    id: int
    at: int
    library: str
    function: str
    arguments: Sequence[object]
    stack: Stack
    thread: str
    parent: int | None = None


@attrs.define(eq=False)
class CallEntered:
    """The arguments are converted, and the native code has control.

    Attributes:
        id: The call's.
        at: When, in nanoseconds; what lies before it is conversion.
        locked: Whether the interpreter lock is held meanwhile; ``None`` if that is not known.
    """

    id: int
    at: int
    locked: bool | None = None


@attrs.define(eq=False)
class CalledBack:
    """The native code has called a Python function.

    Attributes:
        id: The call's.
        at: When the callback began, in nanoseconds.
        function: The qualified name of what it called.
        arguments: As the callback got them; the program's own objects, not copies.
    """

    id: int
    at: int
    function: str
    arguments: Sequence[object]


@attrs.define(eq=False)
class CallReturned:
    """The native function has returned.

    Attributes:
        id: The call's.
        at: When, in nanoseconds.
        result: What the program gets, itself and not a copy.
        errno: The C library's error number, if the call is one that sets it.
    """

    id: int
    at: int
    result: object = None
    errno: int | None = None


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


calls: Lifecycle[CallStarted, CallEntered, CalledBack, CallReturned, CallFailed]
calls = lifecycle(
    "native",
    start=CallStarted,
    headers=CallEntered,
    body_chunk=CalledBack,
    finish=CallReturned,
    error=CallFailed,
)
