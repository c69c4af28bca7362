"""A search that would take for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.client import CommandFailed
from tests.real.running import Running

PROGRAM = """
from tapscope.channels.exchange import ClientExchange

HEADERS = [(b"Content-Type", b"text/plain")]
exchange = ClientExchange.start("GET", "http://shop/", [])
exchange.responded(200, "OK", "http/1.1", HEADERS, None, None, None)
exchange.received(b"a" * 60 + b"b")
exchange.finish()
"""


def test_an_expression_that_never_ends_is_given_up_and_the_host_goes_on(
    running: Callable[..., Running],
) -> None:
    program = running("-c", PROGRAM)
    program.end()
    [told] = program.events("Network.responseReceived")
    for _ in range(5):
        with pytest.raises(CommandFailed, match="kept the host waiting"):
            program.front_end.call(
                "Network.searchInResponseBody",
                requestId=told["requestId"],
                query="(a+)+$",
                isRegex=True,
            )
    found = program.front_end.call(
        "Network.searchInResponseBody", requestId=told["requestId"], query="ab"
    )
    assert len(found["result"]) == 1
