"""What keeps one domain's failures from harming the others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

HOOK = 0.25
"""Seconds that a domain's hook may take, where blocking can be seen."""
COMMAND = 1.0
"""Seconds that a command may take that is not async, and an async one from one wait to the next."""
HISTORY = 5.0
"""Seconds that a batch of history may take."""
IMPORT = 5.0
"""Seconds that importing a domain may take."""
MAX_OVERRUNS = 3
"""After so many hooks that took too long a domain is not called any more."""
MAX_DEPTH = 20
"""Of calls inside calls, as a hook that says something makes others hear it."""


_log = logging.getLogger("tapscope")


class Overran(BaseException):  # no domain's ``except Exception`` is to keep it
    """Raised in the code of a domain that keeps the whole host waiting."""


class Watch(Protocol):
    """Sees when a call takes too long, and raises :class:`Overran` in it."""

    def enter(self, seconds: float) -> object:
        """Begin a call that may take so long, perhaps inside of another; give that one."""
        ...

    def leave(self, outer: object) -> None:
        """End the call, and go on with the one that :meth:`enter` gave."""
        ...


class Guard:
    """Calls what belongs to a domain; a failure is told and ends there.

    Args:
        tell: Takes a line that says what failed.

    Attributes:
        watch: Limits how long a call may take; ``None`` where nothing can.
    """

    def __init__(self, tell: Callable[[str], object]) -> None:
        self.watch: Watch | None = None
        self._tell = tell
        self._called: list[Callable[..., object]] = []
        self._failures: dict[tuple[str, str], int] = {}
        self._overruns: dict[str, int] = {}

    def quarantined(self, domain: str) -> bool:
        """Whether *domain* has blocked the host so often that it is not called any more."""
        return self._overruns.get(domain, 0) >= MAX_OVERRUNS

    def call(
        self, domain: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Give what the hook *function* of *domain* returns; ``None`` if it raises anything."""
        return self.call_within(HOOK, domain, function, *args, **kwargs)

    def call_within(
        self,
        seconds: float,
        domain: str,
        function: Callable[P, R],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R | None:
        """Do as :meth:`call` does with what may take so long."""
        if self.quarantined(domain) or self._inside(function):
            return None
        watch, outer = self.watch, None
        if watch is not None:
            outer = watch.enter(seconds)
        self._called.append(function)
        try:
            return function(*args, **kwargs)
        except BaseException as error:  # SystemExit of a domain must not end the host
            self._failed(domain, function, error)
            return None
        finally:
            self._called.pop()
            if watch is not None:
                watch.leave(outer)

    def _inside(self, function: Callable[..., object]) -> bool:
        """Whether it has called itself: a hook that hears what it says would never end."""
        return function in self._called or len(self._called) >= MAX_DEPTH

    def run(self, seconds: float, function: Callable[[], R]) -> R:
        """Give what *function* returns, and raise what it raises.

        Raises:
            Overran: It took longer than *seconds*.
        """
        watch = self.watch
        if watch is None:
            return function()
        outer = watch.enter(seconds)
        try:
            return function()
        finally:
            watch.leave(outer)

    def describe(self, error: BaseException) -> str:
        """Give what an error of a domain shows of itself, whatever its ``repr`` does."""
        if _overran(error):
            return "it kept the host waiting, and was interrupted"
        try:
            return self.run(HOOK, lambda: f"{error!r:.500}")
        except BaseException:
            return type(error).__name__

    def log(self, text: str, error: BaseException) -> None:
        """Log *text* with the traceback of a domain's *error*, whatever that does when shown."""
        with suppress(BaseException):
            self.run(HOOK, lambda: _log.error(text, exc_info=error))

    def _failed(self, domain: str, function: Callable[..., object], error: BaseException) -> None:
        name = getattr(function, "__qualname__", type(function).__name__)
        count = self._failures[domain, name] = self._failures.get((domain, name), 0) + 1
        # Told each time the count has doubled, so that the Console stays readable.
        if count & (count - 1) == 0:
            times = f" ({count:,} times)" if count > 1 else ""
            self._say(f"the domain {domain} failed in {name}{times}: {self.describe(error)}")
        if _overran(error):
            self._overran(domain)

    def _overran(self, domain: str) -> None:
        count = self._overruns[domain] = self._overruns.get(domain, 0) + 1
        if count == MAX_OVERRUNS:
            self._say(
                f"the domain {domain} kept the host waiting {count} times: it is switched off"
            )

    def _say(self, text: str) -> None:
        with suppress(BaseException):  # it makes hooks hear it, on a stack that may be full
            self._tell(text)


def _overran(error: BaseException) -> bool:
    inside: tuple[BaseException, ...] = getattr(error, "exceptions", ())
    group = isinstance(error, BaseExceptionGroup)
    return isinstance(error, Overran) or (group and any(map(_overran, inside)))
