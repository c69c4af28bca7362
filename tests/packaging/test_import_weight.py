from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = [
    "asyncio",
    "cattrs",
    "h11",
    "http.client",
    "httpcore",
    "httpx",
    "msgpack",
    "orjson",
    "requests",
    "trio",
    "trio_websocket",
    "urllib3",
]


def loaded_by(module: str) -> set[str]:
    """The modules that an import adds to a fresh interpreter."""
    code = f"import sys; old = set(sys.modules); import {module}; print(*set(sys.modules) - old)"
    command = [sys.executable, "-P", "-c", code]
    return set(
        subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    )


@pytest.mark.parametrize("module", ["tapscope", "tapscope.channels"])
def test_what_library_authors_import_loads_nothing_heavy(module: str) -> None:
    """Publishing to a channel must cost a library next to nothing."""
    assert loaded_by(module).isdisjoint(HEAVY)
