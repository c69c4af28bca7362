"""How domains of other distributions and of programs come to a host."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from importlib import import_module
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs

from ....channels import TapscopeError
from ...link.messages import Register
from ..api.domain import Domain
from ..api.guard import IMPORT
from ..protocol.structuring import converter
from .description import describe
from .domain_checks import problems

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "tapscope.domains"
"""The entry points that are domains: a name, and ``package.module:Class``."""

_stuck: set[str] = set()


class RegistrationError(TapscopeError):
    """A class can't be a domain here; the message says all that is wrong, and what to do."""


@attrs.frozen
class Found:
    """What an entry point of the group ``tapscope.domains`` leads to.

    Attributes:
        package: The distribution, and what version of it.
        domain: The class; ``None`` if it can't be used.
        failure: Why it can't, or else empty.
    """

    name: str
    package: str
    version: str
    domain: type[Domain] | None
    failure: str = ""


def checked(domain: object) -> type[Domain]:
    """Give *domain* if it is a class that describes itself.

    Raises:
        RegistrationError: It is not.
    """
    if not isinstance(domain, type) or not issubclass(domain, Domain):
        raise RegistrationError(f"{domain!r:.100} is no domain: no subclass of Domain")
    try:
        found = problems(domain)
        if not found:
            _try(domain)
    except Exception as error:
        found = [f"it can't be described: {error!r}"]
    if found:
        listed = "".join(f"\n  - {problem}" for problem in found)
        raise RegistrationError(
            f"the class {_title(domain)} is no domain that can be used:{listed}"
        )
    return domain


def is_new(
    domain: type[Domain], present: Mapping[str, type[Domain]], built_in: Collection[str]
) -> bool:
    """Whether *domain* is to be added to those that are *present*, by name; not if it is there.

    Raises:
        RegistrationError: Another one has its name, or its feed.
    """
    known = present.get(domain.name)
    if known is None:
        _check_feed(domain, present.values())
        return True
    if known is domain or _title(known) == _title(domain):
        return False
    whose = "built into tapscope" if domain.name in built_in else f"that of {_title(known)}"
    raise RegistrationError(
        f"the class {_title(domain)} can't be registered: the name {domain.name} is {whose}; "
        "call it something else"
    )


def _check_feed(domain: type[Domain], others: Iterable[type[Domain]]) -> None:
    for other in others:
        if other.feed is domain.feed:
            raise RegistrationError(
                f"the class {_title(domain)} can't be registered: its feed, "
                f"{_title(domain.feed)}, is that of the domain {other.name}; derive one from it"
            )


def discover(present: Mapping[str, type[Domain]], built_in: Collection[str]) -> Iterator[Found]:
    """Load the domains of all installed distributions, except those that are *present*.

    What fails says so in what it gives.
    """
    from importlib.metadata import entry_points

    try:
        listed = sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value))
    except Exception as error:  # of metadata that somebody else has written
        yield Found("?", "?", "", None, f"what is installed can't be read: {error!r}")
        return
    known = dict(present)
    for entry_point in listed:
        origin = _origin(entry_point)
        try:
            domain = _loaded(entry_point)
            if is_new(domain, known, built_in):
                known[domain.name] = domain
                yield Found(entry_point.name, *origin, domain)
        except RegistrationError as error:
            yield Found(entry_point.name, *origin, None, str(error))


def load(wanted: Register) -> type[Domain]:
    """Import the domain that a program has registered, and look for it where the program does.

    Raises:
        RegistrationError: That can't be done, or it is none.
    """
    before = list(sys.path)
    sys.path += [folder for folder in wanted.path if _is_place(folder) and folder not in before]
    try:
        find = attrgetter(wanted.name)
        loaded = _patiently(lambda: find(import_module(wanted.module)), wanted.module)
    except Exception as error:
        sys.path[:] = before
        raise RegistrationError(
            f"the domain {wanted.module}.{wanted.name} can't be imported by the host: {_why(error)}"
        ) from error
    return checked(loaded)


def _is_place(folder: str) -> bool:
    """Whether modules can be there; a name with a null byte would fail every later import."""
    return os.path.isabs(folder) and "\0" not in folder and os.path.exists(folder)


def _origin(entry_point: EntryPoint) -> tuple[str, str]:
    """Give the name and the version of the distribution."""
    package = entry_point.dist
    try:
        return (package.name, package.version) if package else ("?", "")
    except Exception:  # its metadata has none
        return "?", ""


def _try(domain: type[Domain]) -> None:
    """Do what every front end is going to need, so that it fails now or never."""
    describe([domain])
    for command in domain.commands.values():
        for parameter in command.parameters.values():
            converter.get_structure_hook(parameter.type)


def _loaded(entry_point: EntryPoint) -> type[Domain]:
    try:
        loaded = _patiently(entry_point.load, entry_point.module)
    except Exception as error:
        text = f"{entry_point.value} can't be imported: {_why(error)}"
        raise RegistrationError(text) from error
    return checked(loaded)


def _patiently(load: Callable[[], Any], module: str) -> Any:
    """Give what *load* gives, in a thread that is left alone if that takes too long.

    Raises:
        ImportError: It did, or it tried to end the process.
        Exception: What *load* has raised.
    """
    if module in _stuck:
        raise ImportError("its import has not ended yet")
    if module in sys.modules:
        # Another thread might wait for a module that is being imported in this one.
        return load()
    results: list[Any] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(load())
        except BaseException as error:  # a module may well call sys.exit()
            errors.append(error)

    thread = threading.Thread(target=run, name=f"import of {module}", daemon=True)
    thread.start()
    thread.join(IMPORT)
    if results:
        return results[0]
    if not errors:
        _stuck.add(module)
        raise ImportError(f"its import takes longer than {IMPORT:g} s")
    if isinstance(errors[0], Exception):
        raise errors[0]
    raise ImportError(f"its import raises {errors[0]!r}") from errors[0]


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, ImportError) else repr(error)


def _title(domain: type) -> str:
    return f"{domain.__module__}.{domain.__qualname__}"
