"""What the command line says of how much a host keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.client import CommandFailed
from tests.real.running import Running

PROGRAM = """
import sys, urllib.request
from tapscope.agents import network

network.attach(max_body=50_000)
for number in range(3):
    with urllib.request.urlopen(sys.argv[1] + f"/bytes/{20_000 + number}") as response:
        response.read()
"""


def kept(running: Running) -> list[int]:
    """Of each response, oldest first, how many bytes the host has; 0 of one that it dropped."""
    sizes: list[int] = []
    for told in running.events("Network.responseReceived"):
        try:
            answer = running.front_end.call("Network.getResponseBody", requestId=told["requestId"])
        except CommandFailed:
            sizes.append(0)
        else:
            sizes.append(len(answer["body"].partition("\n[tapscope:")[0]))
    return sizes


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], [20_000, 20_001, 20_002]),
        (["--max-body", "1KB"], [1000, 1000, 1000]),
        (["--max-total", "45k"], [0, 20_001, 20_002]),
        (["--max-exchanges", "2"], [0, 20_001, 20_002]),
        (["--max-total", "45k", "--spill", "1MB"], [20_000, 20_001, 20_002]),
    ],
)
def test_a_host_keeps_what_the_command_line_says_whatever_the_program_says(
    running: Callable[..., Running], server: str, options: list[str], expected: list[int]
) -> None:
    program = running(*options, "-c", PROGRAM, server)
    program.end()
    assert kept(program) == expected
