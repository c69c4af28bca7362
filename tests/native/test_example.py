"""The story that ``examples/native-hang`` tells."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.client import Client
from tests.e2e.patience import wait
from tests.e2e.watched import Watched

EXAMPLE = Path(__file__).parents[2] / "examples" / "native-hang"


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_the_call_that_the_app_freezes_in_is_found_with_its_arguments(tmp_path: Path) -> None:
    folder = tmp_path / "native-hang"
    shutil.copytree(EXAMPLE, folder)
    subprocess.run([sys.executable, "build.py"], cwd=folder, check=True)
    options = ["--native", "backend:js__*", "--slow-native", "200ms", str(folder / "app.py")]
    watched = Watched("run", *options)
    try:
        with closing(Client(f"ws://{watched.address}")) as client:
            client.call("Native.enable")
            running = wait(lambda: client.call("Native.getRunning")["calls"])
            [call] = wait(
                lambda: client.call("Native.getRunning")["calls"],
                lambda calls: calls and calls[0]["elapsed"] > 2000,
            )
            assert len(running) == 1
            assert call["function"] == "js__layout"
            assert call["arguments"] == [1]
            assert call["keywords"] == {"columns": 0}
            functions = client.call("Native.getStatistics")["statistics"]
            counts = {one["function"]: one["count"] for one in functions}
            assert counts == {"js__parse": 4, "js__layout": 3, "js__render": 3}
    finally:
        watched.kill()
        watched.close()
