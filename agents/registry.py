"""The domains that this process has registered, for its host and for its sessions."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from .host.api.domain import Domain
from .host.host import BUILT_IN, DOMAINS
from .host.registration.loading import RegistrationError, checked, is_new
from .link.messages import Register
from .program import program

D = TypeVar("D", bound=Domain)
Taker = Callable[[type[Domain]], object]


class Registry:
    """Hands each domain on to the host, and to the sessions within this process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._domains = {domain.name: domain for domain in DOMAINS}
        self._registered: list[type[Domain]] = []
        self._takers: list[Taker] = []

    def add(self, domain: type[Domain]) -> None:
        """Take one more domain; a second call does nothing.

        Raises:
            RegistrationError: It can't be used, or its name is taken.
        """
        checked(domain)
        message = _message(domain)
        with self._lock:
            if not is_new(domain, self._domains, BUILT_IN):
                return
            self._domains[domain.name] = domain
            self._registered.append(domain)
            takers = tuple(self._takers)
        program.register(message, () if domain.on_demand else domain.lifecycles)
        for take in takers:
            take(domain)

    def follow(self, take: Taker) -> Callable[[], None]:
        """Give *take* all domains, those that come later, too, until what this gives is called."""
        with self._lock:
            self._takers.append(take)
            registered = tuple(self._registered)
        for domain in registered:
            take(domain)
        return lambda: self._leave(take)

    def _leave(self, take: Taker) -> None:
        with self._lock:
            if take in self._takers:
                self._takers.remove(take)


registry: Registry = Registry()
"""This process's."""


def register(domain: type[D]) -> type[D]:
    """Have *domain* in the host of this program, now or when there is one.

    The host, another process, imports the class by its name, and finds it where
    this program does; so it belongs into a module that can be imported without
    effects.  Sessions within this process have it, too.  A second call does
    nothing.  What only the host can know, it says on this program's standard error.

    Returns:
        The class itself: it can be used as a decorator.

    Raises:
        RegistrationError: It can't be used; the message says all that is wrong with it.
    """
    registry.add(domain)
    return domain


def _message(domain: type[Domain]) -> Register:
    """Give what lets the host find *domain*."""
    module, name = domain.__module__, domain.__qualname__
    if module == "__main__" or "<locals>" in name:
        where = "the script that runs" if module == "__main__" else "a function"
        raise RegistrationError(
            f"the class {module}.{name} is defined in {where}, where the host, another process, "
            "can't find it: put it at the top of a module of its own and import it from there; "
            f"a test can have agents.Session({domain.__name__})"
        )
    path = tuple(os.path.abspath(folder) for folder in sys.path)
    return Register(module, name, path)
