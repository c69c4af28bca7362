"""One command being done, and the one answer that it gets, whatever it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

import attrs

from ..api.command import Command
from ..api.domain import Domain
from ..api.guard import COMMAND, Guard
from ..protocol.errors import INTERNAL_ERROR, SERVER_ERROR, CommandError
from ..protocol.wire import encode_error, encode_result
from .request import Request


@attrs.define(eq=False)
class Answering:
    """A command and who has asked for it; what it raises becomes its answer.

    Args:
        domain: Gives the object whose method the command is.
        guard: Limits how long that may keep the host waiting.
    """

    _request: Request
    _command: Command
    _domain: Callable[[], Domain]
    _guard: Guard

    @property
    def deadline(self) -> float:
        """Seconds that it may take if it is async."""
        return max(0.0, self._command.deadline)

    def now(self) -> bytes:
        """Do it, and give its answer."""
        try:
            return self._guard.run(COMMAND, lambda: self._encode(self._call()))
        except BaseException as error:  # SystemExit of a domain must not end the host
            return self._failed(error)

    async def in_time(self) -> bytes:
        """Do it, and give its answer, also if this is cancelled."""
        try:
            awaitable: Awaitable[object] = self._call()
            return self._encode(await awaitable)
        except BaseException as error:
            return self._failed(error)

    def late(self) -> bytes:
        """Give the answer that it gets at its deadline."""
        text = f"{self._request.method} took longer than {self.deadline:g} s"
        return encode_failure(self._request.id, CommandError(text))

    # Any: what a command gives is seen when it is encoded.
    def _call(self) -> Any:
        arguments = self._command.arguments(self._request.params)
        return self._command.function(self._domain(), **arguments)

    def _encode(self, result: Any) -> bytes:
        if not (result is None or isinstance(result, dict) or _is_attrs(result)):
            text = f"{self._request.method} gave a {type(result).__name__}, no attrs object"
            raise CommandError(text, INTERNAL_ERROR)
        told: object = self._command.checked(cast("object", result))
        return encode_result(self._request.id, told)

    def _failed(self, error: BaseException) -> bytes:
        if not isinstance(error, CommandError):
            method = self._request.method
            if isinstance(error, Exception):
                self._guard.log(f"command {method} failed", error)
            error = CommandError(f"{method} failed: {self._guard.describe(error)}", INTERNAL_ERROR)
        return encode_failure(self._request.id, error)


def _is_attrs(result: object) -> bool:
    kind: Any = type(result)
    return attrs.has(kind)


def encode_failure(id: int | None, error: CommandError) -> bytes:  # noqa: A002  # JSON-RPC's word
    """Give the answer to the command *id* that failed with *error*, whatever that holds."""
    try:
        text = str(error).encode("utf-8", "backslashreplace").decode()
        code = error.code if type(error.code) is int else SERVER_ERROR
        return encode_error(id, code, text)
    except Exception:
        return encode_error(id, SERVER_ERROR, f"{type(error).__name__}, which can't be shown")
