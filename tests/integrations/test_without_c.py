from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
IN_C = [
    ".".join(["tapscope", *path.relative_to(ROOT).with_suffix("").parts])
    for folder in ("agents", "channels", "integrations")
    for path in (ROOT / folder).rglob("*.c")
]
RUN = f"""
import sys
sys.modules.update(dict.fromkeys({IN_C}))
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""
TESTS = [
    "tests/agents/tap/test_tap.py",
    "tests/channels/test_exchange.py",
    "tests/channels/test_suppression.py",
    "tests/integrations/test_caches.py",
    "tests/integrations/test_exchanges.py",
    "tests/integrations/test_failures.py",
    "tests/integrations/test_http_client.py",
    "tests/integrations/test_tracebacks.py",
]


def test_what_is_in_c_is_not_missed() -> None:
    """The tests of what it does in the place of Python pass without it as well."""
    options = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *options, *TESTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert IN_C
