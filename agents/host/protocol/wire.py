"""Python's values and names to CDP's and back.

Names in Python are Python's (``get_response_body``), names on the wire are
CDP's (``getResponseBody``); one rule turns the first into the second, for
commands, events, parameters and fields alike.
"""

from __future__ import annotations

from .conformance import check, debugging
from .structuring import converter, to_json


def event_name(domain: str, event: type) -> str:
    """Give the method of an event's class: ``Network.requestWillBeSent``."""
    return f"{domain}.{event.__name__[0].lower()}{event.__name__[1:]}"


def encode_event(domain: str, event: object) -> bytes:
    """Give the message that tells *event* of *domain*, as JSON.

    Raises:
        NotAsDescribed: In debug mode, if its class says something else.
    """
    method = event_name(domain, type(event))
    if debugging():
        check(event, type(event), method)
    return to_json({"method": method, "params": converter.unstructure(event)})


def encode_result(id: int, result: object) -> bytes:  # noqa: A002  # JSON-RPC's word
    """Give the answer to the command *id* that succeeded."""
    told: object = {} if result is None else converter.unstructure(result)
    return to_json({"id": id, "result": told})


def encode_error(id: int | None, code: int, text: str) -> bytes:  # noqa: A002  # JSON-RPC's word
    """Give the answer to the command *id* that failed; without *id* to what was none."""
    body: dict[str, object] = {"error": {"code": code, "message": text}}
    return to_json(body if id is None else {"id": id} | body)
