"""What an error means for a connection, in words that need no library to be known."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import cast

MAX_CAUSES = 10
"""How far back the reason is looked for."""

# By names, as the libraries need not be there.  The first line that fits counts.
_REASONS: tuple[tuple[str, frozenset[str]], ...] = (
    ("Name not resolved", frozenset({"gaierror", "NameResolutionError"})),
    # urllib3 takes it for a kind of time-out, and raises it from the real reason.
    ("", frozenset({"NewConnectionError"})),
    ("Connection refused", frozenset({"ConnectionRefusedError"})),
    ("Proxy refused", frozenset({"ProxyError"})),
    ("Closed without a response", frozenset({"RemoteDisconnected"})),
    (
        "Connection reset",
        frozenset({"ConnectionResetError", "ConnectionAbortedError", "BrokenPipeError"}),
    ),
    ("Certificate not trusted", frozenset({"SSLCertVerificationError", "CertificateError"})),
    ("TLS failed", frozenset({"SSLError"})),
    ("Timed out while connecting", frozenset({"ConnectTimeout", "ConnectTimeoutError"})),
    ("Timed out while waiting for a connection", frozenset({"PoolTimeout", "EmptyPoolError"})),
    ("Timed out while sending", frozenset({"WriteTimeout"})),
    ("Timed out while reading", frozenset({"ReadTimeout", "ReadTimeoutError"})),
    ("Timed out", frozenset({"TimeoutError"})),
    ("Response incomplete", frozenset({"IncompleteRead"})),
    ("Invalid response", frozenset({"HTTPException", "RemoteProtocolError"})),
)

# httpcore has one class for all of these.
_TEXTS = {
    "Server disconnected without sending a response": "Closed without a response",
    "peer closed connection without sending complete": "Response incomplete",
    "<StreamReset": "Stream reset",
    "<ConnectionTerminated": "Closed without a response",
}

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH})


def reason_of(error: BaseException) -> str:
    """Say why a connection or an exchange on it came to an end; nothing if that is not known."""
    for cause in _causes(error):
        reason = _reason(cause)
        if reason:
            return reason
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Give *error* and what it was raised from, the outermost first."""
    cause: BaseException | None = error
    for _ in range(MAX_CAUSES):
        if cause is None:
            return
        yield cause
        cause = _cause(cause)


def _cause(error: BaseException) -> BaseException | None:
    if isinstance(error, BaseExceptionGroup):
        several = cast("BaseExceptionGroup[BaseException]", error)
        return several.exceptions[0]
    # httpcore raises its errors once more, "from None".  What is not suppressed may be the
    # program's: it may be handling an error of its own.
    return error.__cause__ or (error.__context__ if error.__suppress_context__ else None)


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno in _UNREACHABLE:
        return "Address unreachable"
    names = {kind.__name__ for kind in type(error).__mro__}
    reason = next((reason for reason, kinds in _REASONS if not kinds.isdisjoint(names)), "")
    if reason == "Invalid response":
        text = str(error.args[:1])
        return next((other for part, other in _TEXTS.items() if part in text), reason)
    return reason
