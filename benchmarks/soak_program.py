"""The program of the soak: makes exchanges when it is told to, and says what that took.

Most are published as an integration publishes them, so that there are many a
second; every hundredth is a real request.
"""

from __future__ import annotations

import http.client
import json
import sys
import time

from loopback import document
from tapscope import integrations
from tapscope.agents import inspector, network
from tapscope.agents.link import LinkAddress
from tapscope.agents.program import program
from tapscope.channels.exchange import ClientExchange

SMALL, LARGE = document(1024), document(102_400)
LARGE_EACH, REAL_EACH = 10, 100
TURN = 200
"""Exchanges between two moments at which a program that is paced waits for the link."""

_HEADERS = (
    (b"Content-Type", b"application/json"),
    (b"Server", b"loopback"),
    (b"X-Request-Id", b"0123456789abcdef"),
)


def publish(number: int, *, bodies: bool) -> None:
    """Tell of an exchange that never was: with a body, or else with a long address."""
    tail = "page=1" if bodies else "q" * 2000
    exchange = ClientExchange.start("GET", f"http://soak.test/item/{number}?{tail}", _HEADERS)
    exchange.responded(200, "OK", "http/1.1", _HEADERS, None, None, None)
    if bodies:
        exchange.received(SMALL if number % LARGE_EACH else LARGE)
    exchange.finish()


def main(link: str, port: str) -> None:
    """Answer each line of JSON on standard input with one of the same."""
    integrations.install()
    inspector.join(LinkAddress.parse(link))
    network.attach()
    connection = http.client.HTTPConnection("127.0.0.1", int(port))
    print(json.dumps({"joined": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        began = time.perf_counter()
        for number in range(asked["exchanges"]):
            if number % REAL_EACH:
                publish(number, bodies=asked["bodies"])
            else:
                connection.request("GET", "/1024")
                connection.getresponse().read()
            if asked["paced"] and number % TURN == 0 and program.tap is not None:
                program.tap.flush()
        seconds = time.perf_counter() - began
        if program.tap is not None:
            program.tap.flush(60)
        print(json.dumps({"seconds": seconds, "watched": program.tap is not None}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
