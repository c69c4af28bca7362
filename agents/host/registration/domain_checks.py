"""Whether a class describes itself: all that is wrong with it, at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

import attrs

from ..api.domain import API_VERSION, Domain
from ..api.feed import Feed
from ..api.feeds import EVERY
from ..protocol.shapes import is_enumeration
from ..protocol.wire import event_name
from .command_checks import command_problems, types_in_commands
from .type_checks import docstring_problems, type_problems

_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_LIFECYCLE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


def problems(domain: type[Domain]) -> list[str]:
    """Give what is wrong with *domain*, one line each; nothing if it can be used.

    Of one that was written for another version of this interface, only that.
    """
    return list(_of_api(domain)) or list(dict.fromkeys(_of_domain(domain)))


def _of_api(domain: type[Domain]) -> Iterator[str]:
    api: Any = domain.api
    if not isinstance(api, range) or not api or api.step != 1:
        yield f"api: is a range of versions, such as range(1, {API_VERSION + 1}), not {api!r}"
    elif api.start > API_VERSION:
        yield (
            f"it needs API {api.start} or newer of tapscope; this one has {API_VERSION}: "
            "upgrade tapscope"
        )
    elif API_VERSION not in api:
        yield (
            f"it works with API {api[-1]} or older of tapscope; this one has {API_VERSION}: "
            "upgrade the domain's package"
        )


def _of_domain(domain: type[Domain]) -> Iterator[str]:
    yield from docstring_problems(domain, domain.__name__)
    yield from _of_names(domain)
    yield from _of_lifecycles(domain)
    yield from _of_events(domain)
    yield from _of_types(domain)
    yield from command_problems(domain)
    listed = [*_classes(domain.events), *_classes(domain.types), *types_in_commands(domain)]
    yield from type_problems(kind for kind in listed if attrs.has(kind) or is_enumeration(kind))


def _of_names(domain: type[Domain]) -> Iterator[str]:
    name: Any = getattr(domain, "name", None)
    if name is None:
        yield "name: is missing, as in name = 'Jobs'"
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        yield f"name: is letters and digits after a capital letter, not {name!r}"
    version: Any = domain.version
    if not isinstance(version, str) or not version:
        yield f"version: is a text such as '1.0', not {version!r}"
    feed: Any = domain.feed
    if not isinstance(feed, type) or not issubclass(feed, Feed):
        yield f"feed: is a subclass of Feed, not {feed!r}"


def _of_lifecycles(domain: type[Domain]) -> Iterator[str]:
    lifecycles: Any = domain.lifecycles
    if not isinstance(lifecycles, tuple):
        yield f"lifecycles: is a tuple of names, not {lifecycles!r}; a comma makes one: ('jobs',)"
        return
    for name in cast("tuple[object, ...]", lifecycles):
        if not isinstance(name, str) or not (name == EVERY or _LIFECYCLE.fullmatch(name)):
            yield f"lifecycles: {name!r} is no name of one: those are dotted and lower-case"


def _of_events(domain: type[Domain]) -> Iterator[str]:
    yield from _of_tuple(domain.events, "events", "an attrs class")
    for kind in _classes(domain.events):
        if not attrs.has(kind):
            yield f"events: {kind.__name__} is no attrs class"
    names = [event_name(domain.__name__, kind) for kind in _classes(domain.events)]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield f"events: two are called {name.partition('.')[2]} on the wire"


def _of_types(domain: type[Domain]) -> Iterator[str]:
    yield from _of_tuple(domain.types, "types", "a class")
    for kind in _classes(domain.types):
        if not attrs.has(kind) and not is_enumeration(kind):
            yield f"types: {kind.__name__} is neither an attrs class nor an Enum"


def _of_tuple(listed: Any, where: str, what: str) -> Iterator[str]:
    if not isinstance(listed, tuple):
        yield f"{where}: is a tuple, not {listed!r}; a comma makes one of a single class: (Job,)"
        return
    for each in cast("tuple[object, ...]", listed):
        if not isinstance(each, type):
            yield f"{where}: {each!r} is not {what}"


def _classes(listed: Any) -> list[type]:
    if not isinstance(listed, tuple):
        return []
    return [each for each in cast("tuple[object, ...]", listed) if isinstance(each, type)]
