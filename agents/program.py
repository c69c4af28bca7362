"""This process, as a host gets to know it, and its one tap."""

from __future__ import annotations

import contextlib
import os
import site
import sys
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from ..channels import TapscopeError
from .link import Carrier, LinkAddress, SocketCarrier
from .link.messages import Hello, Limits, Register
from .tap import Tap

if TYPE_CHECKING:
    from .redaction import Rules


class AlreadyActivated(TapscopeError):
    """This program has a host already; close that one first."""


class Program:
    """What joins this process to at most one host, and what it is to tell.

    Attributes:
        attached: Whether exchanges are told.
    """

    def __init__(self) -> None:
        self.attached: bool = False
        self._limits: Limits | None = None
        self._rules: Rules | None = None
        self._registered: list[tuple[Register, Collection[str]]] = []
        self._tap: Tap | None = None

    @property
    def tap(self) -> Tap | None:
        """The tap, while there is a host."""
        return self._tap if self._tap is not None and self._tap.running else None

    def join(self, address: LinkAddress, *, quiet: bool = False) -> None:
        """Tell the host at *address* what is attached, from now on, until it ends.

        If *quiet*, nothing is said on stderr when it does, nor what it has to say.

        Raises:
            AlreadyActivated: There is a host.
            TapscopeError: Nobody listens at *address*.
        """
        if self.tap is not None:
            raise AlreadyActivated("this program is linked to a host already; close that first")
        self.leave()

        def connect() -> Carrier:
            return SocketCarrier(address)

        lost, say = (_say_nothing, _say_nothing) if quiet else (_lost, _say)
        tap = Tap(connect, lambda: hello(address.token), lost, say)
        if self._rules is not None:
            tap.redact(self._rules)
        try:
            tap.start()
        except OSError as error:
            raise TapscopeError(f"no host listens at {address.path}: {error}") from error
        self._tap = tap
        for registered in self._registered:
            tap.register(*registered)
        if self._limits is not None:
            tap.tell(self._limits)
        if self.attached:
            tap.attach()

    def leave(self) -> None:
        """Deliver what was published and leave the host; without one do nothing."""
        if self._tap is not None:
            self._tap.close()
            self._tap = None

    def register(self, domain: Register, lifecycles: Collection[str]) -> None:
        """Tell the host, now and each time there is one, of a *domain* and of its *lifecycles*."""
        self._registered.append((domain, lifecycles))
        if self._tap is not None:
            self._tap.register(domain, lifecycles)

    def limit(self, limits: Limits) -> None:
        """Tell the host, now and each time there is one, how much to keep at most."""
        self._limits = limits
        if self._tap is not None:
            self._tap.tell(limits)

    def redact(self, rules: Rules) -> None:
        """Tell no host, now or when there is one, what *rules* hide, nor what earlier ones do."""
        self._rules = rules if self._rules is None else self._rules | rules
        if self._tap is not None:
            self._tap.redact(self._rules)

    def attach(self) -> None:
        """Tell the host, now or when there is one, of the exchanges that it wants to hear of."""
        self.attached = True
        if self._tap is not None:
            self._tap.attach()

    def detach(self) -> None:
        """Tell of them no more."""
        self.attached = False
        if self._tap is not None:
            self._tap.detach()


def hello(token: str) -> Hello:
    """Give the first message of this process."""
    # sys.argv is not final while the interpreter starts; orig_argv is.
    return Hello(
        token=token,
        role="program",
        pid=os.getpid(),
        title=" ".join(sys.orig_argv[1:]) or "python",
        folder=_working_directory(),
        epoch=time.time_ns() - time.monotonic_ns(),
        libraries=_libraries(),
    )


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _libraries() -> tuple[str, ...]:
    standard = os.path.dirname(os.__file__)
    folders = [standard, *site.getsitepackages(), site.getusersitepackages()]
    return tuple(os.path.join(folder, "") for folder in folders)


def _lost(reason: str) -> None:
    _say(f"{reason}; the program goes on uninspected")


def _say_nothing(_: str) -> None:
    """Leave the standard error to the program."""


def _say(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # closed, or nobody reads it
        if sys.__stderr__ is not None:
            print(f"tapscope: {text}", file=sys.__stderr__)


program: Program = Program()
"""This process's."""
