"""Why a request failed, in words, whatever raised the error."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl

import pytest
from httpcore import ProxyError

from tapscope.agents.tap.reasons import reason_of


def _from(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


def _hidden(error: BaseException, context: BaseException) -> BaseException:
    error.__context__ = context
    error.__suppress_context__ = True
    return error


def _beside(error: BaseException, context: BaseException) -> BaseException:
    error.__context__ = context
    return error


def _circle() -> BaseException:
    error = ValueError()
    error.__cause__ = error
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(111, "refused"), "Connection refused"),
        (ConnectionResetError(), "Connection reset"),
        (http.client.RemoteDisconnected("gone"), "Closed without a response"),
        (http.client.IncompleteRead(b""), "Response incomplete"),
        (http.client.BadStatusLine("?"), "Invalid response"),
        (socket.gaierror(-2, "unknown"), "Name not resolved"),
        (ssl.SSLCertVerificationError(), "Certificate not trusted"),
        (ssl.SSLError(), "TLS failed"),
        (TimeoutError(), "Timed out"),
        (OSError(errno.EHOSTUNREACH, "no route"), "Address unreachable"),
        (ProxyError("403 Forbidden"), "Proxy refused"),
        (ValueError("my own"), ""),
        (_from(OSError("all failed"), ConnectionRefusedError()), "Connection refused"),
        (_hidden(ValueError(), ConnectionRefusedError()), "Connection refused"),
        (_beside(ValueError(), ConnectionRefusedError()), ""),
        (_from(OSError(), ExceptionGroup("all", [ConnectionRefusedError()])), "Connection refused"),
        (_circle(), ""),
    ],
)
def test_the_reason_is_that_of_the_first_error_in_the_chain_that_has_one(
    error: BaseException, reason: str
) -> None:
    assert reason_of(error) == reason
