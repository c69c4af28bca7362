"""Messages of every class, built from what their fields may hold."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from tapscope.agents.link.messages import MESSAGES, ConnectionInfo, Frame, Message
from tapscope.channels.http import Headers

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.integers(-(2**63), 2**64 - 1)

FIELDS: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: NUMBER,
    bool: st.booleans(),
    bytes: st.binary(max_size=50),
    type(None): st.none(),
    Headers: st.lists(st.tuples(TEXT, TEXT)).map(tuple)
    | st.lists(st.tuples(st.binary(max_size=9), st.binary(max_size=9))).map(tuple),
    tuple[str, ...]: st.lists(TEXT).map(tuple),
}


def instances(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Give any message of the class *kind*."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: field(hint) for name, hint in hints.items()})


def field(hint: Any) -> st.SearchStrategy[Any]:
    """Give any value that a field of the type *hint* may hold."""
    if hint in FIELDS:
        return FIELDS[hint]
    if hint == tuple[Frame, ...]:
        return st.lists(instances(Frame), max_size=3).map(tuple)
    if hint is ConnectionInfo:
        return instances(ConnectionInfo)
    return st.one_of([field(part) for part in get_args(hint)])


MESSAGE: st.SearchStrategy[Message] = st.one_of([instances(kind) for kind in MESSAGES])
