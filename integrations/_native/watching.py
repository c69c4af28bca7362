"""A call of a watched function: what is told of it, around the real one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from ...channels import clock
from ...channels.calling import NativeCall, NativeFunction
from ...channels.counting import CallCounter
from ...channels.native import calls
from .._patch import report
from .callbacks import lend, taken_back
from .iterators import is_stream, streamed

WHERE = "native code"

Function = Callable[..., Any]
Arguments = tuple[Any, ...]
Keywords = Mapping[str, Any]


class _Anything:
    """Stands for every handle."""


ANYTHING: Final = _Anything()


@attrs.define(eq=False)
class Watched:
    """What is watched of one function.

    Attributes:
        told: What is told of it.
        bind: The first argument that a call must have to be told.
    """

    told: NativeFunction
    bind: object = ANYTHING
    counter: CallCounter = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.counter = CallCounter(self.told)

    def call(self, function: Function, args: Arguments, kwargs: Keywords) -> Any:
        """Call the real *function*, and tell of it."""
        if not self._is_told(args):
            return self._run(None, function, args, kwargs)
        now = clock.now()
        if not self.counter.admits(now):
            return self._count(now, function, args, kwargs)
        call = self.begin(args, kwargs)
        if call is None:
            return self._run(None, function, args, kwargs)
        try:
            result = self._run(call, function, args, kwargs)
        except BaseException as error:
            call.fail(error)
            raise
        return self.end(call, args, result)

    def begin(self, args: Arguments, kwargs: Keywords) -> NativeCall | None:
        """Tell that it is about to be called; ``None`` where nothing is to be told."""
        try:
            if not self._is_told(args):
                return None
            return NativeCall.start(self.told, args, kwargs)
        except Exception:
            report(WHERE)
            return None

    def end(self, call: NativeCall, args: Arguments, result: Any) -> Any:
        """Tell that it has returned, and give what the program gets."""
        given = result
        try:
            if is_stream(result) and not any(result is argument for argument in args):
                given = streamed(call, result)
            call.returned(result, self.errno())
        except Exception:
            report(WHERE)
        return given

    def errno(self) -> int | None:
        """Give the C library's error number, if the function is one that sets it."""
        return None

    def _is_told(self, args: Arguments) -> bool:
        if not calls.start.has_subscribers:
            return False
        return self.bind is ANYTHING or (len(args) > 0 and args[0] is self.bind)

    def _count(self, began: int, function: Function, args: Arguments, kwargs: Keywords) -> Any:
        counted = self.counter.enter(began, args, kwargs)
        try:
            result = self._run(None, function, args, kwargs)
        except BaseException as error:
            call = self.counter.leave(counted, failed=True)
            if call is not None:
                call.fail(error)
            raise
        call = self.counter.leave(counted, failed=False)
        return result if call is None else self.end(call, args, result)

    def _run(
        self, call: NativeCall | None, function: Function, args: Arguments, kwargs: Keywords
    ) -> Any:
        """Call the real *function* with stand-ins for what it may call back."""
        if self.told.kind == "python":
            return function(*args, **kwargs)
        lent, named = lend(call, args, kwargs)
        return taken_back(function(*lent, **named))
