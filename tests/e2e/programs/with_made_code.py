"""Logs from a cell of a notebook, from a module in a zip file, and from a text without a file."""

import linecache
import logging
import sys
import tempfile
import zipfile
from pathlib import Path

CELL: str = "def cell(log):\n    log.warning('from a cell')\n"
MODULE = "def zipped(log):\n    pass\n    log.warning('from a zip file')\n"

log = logging.getLogger("made")
log.addHandler(logging.NullHandler())
log.propagate = False


def run(name: str, text: str, function: str) -> None:
    made: dict[str, object] = {}
    exec(compile(text, name, "exec"), made)
    call = made[function]
    assert callable(call)
    call(log)


linecache.cache["<ipython-input-1-5ca1>"] = (len(CELL), None, list[str](CELL.splitlines(True)), "")
run("<ipython-input-1-5ca1>", CELL, "cell")
run("<string>", CELL.replace("a cell", "nowhere"), "cell")
with tempfile.TemporaryDirectory() as folder:
    archive = Path(folder, "shop.zip")
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("zipped_shop.py", MODULE)
    sys.path.insert(0, str(archive))
    from zipped_shop import zipped  # type: ignore[import-not-found]  # it was written just now

    zipped(log)
    print("done", flush=True)
    sys.stdin.read()
