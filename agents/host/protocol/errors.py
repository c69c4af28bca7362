"""What a command that can't be done answers, by JSON-RPC's codes."""

from __future__ import annotations

from ....channels import TapscopeError

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_ERROR = -32000
SESSION_NOT_FOUND = -32001


class CommandError(TapscopeError):
    """A front end's command can't be done; it gets the code and the message.

    Attributes:
        code: As in JSON-RPC: ``-32601`` for an unknown method, ``-32602`` for
            wrong parameters, ``-32000`` for what can't be done now.
    """

    def __init__(self, message: str, code: int = SERVER_ERROR) -> None:
        super().__init__(message)
        self.code = code
