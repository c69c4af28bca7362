"""A front end's commands, as they come."""

from __future__ import annotations

from reprlib import Repr
from typing import Any, cast

import attrs
import orjson

from ..protocol.errors import INVALID_REQUEST, PARSE_ERROR, SESSION_NOT_FOUND, CommandError

# What is nested deeply has no repr: the interpreter gives up.
_repr = Repr()
_repr.maxlevel = 2
_repr.maxstring = 40


@attrs.frozen
class Request:
    """A command as it came: its id and method, and its parameters unchecked."""

    id: int
    method: str
    params: dict[str, Any]

    @classmethod
    def of(cls, message: dict[str, Any]) -> Request:
        """Read what :func:`decode` gave.

        Raises:
            CommandError: It has not the form of a command.
        """
        method, params = message.get("method"), message.get("params", {})
        if not isinstance(method, str):
            raise CommandError(f"method: expected a string, got {shown(method)}", INVALID_REQUEST)
        if not isinstance(params, dict):
            raise CommandError(f"params: expected an object, got {shown(params)}", INVALID_REQUEST)
        if "sessionId" in message:
            wanted = message["sessionId"]
            raise CommandError(f"there is no session {shown(wanted)}", SESSION_NOT_FOUND)
        return cls(message["id"], method, cast("dict[str, Any]", params))


def decode(text: str) -> dict[str, Any]:
    """Read a message.

    Raises:
        CommandError: It is no JSON object.
    """
    try:
        message: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise CommandError(f"this is not JSON: {error}", PARSE_ERROR) from error
    if not isinstance(message, dict):
        raise CommandError(f"a command is an object, not {text[:40]}", INVALID_REQUEST)
    return cast("dict[str, Any]", message)


def id_of(message: dict[str, Any]) -> int:
    """Give the id that the answer is to have.

    Raises:
        CommandError: It has none.
    """
    id = message.get("id")  # noqa: A001  # JSON-RPC's word
    if not isinstance(id, int) or isinstance(id, bool):
        raise CommandError(f"id: expected an integer, got {shown(id)}", INVALID_REQUEST)
    return id


def shown(value: object) -> str:
    """Give a few characters of what was sent, however long and nested it is."""
    return _repr.repr(value)[:60]
