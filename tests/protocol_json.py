"""The protocol's description as npm's ``devtools-protocol`` ships it, fetched once, then cached."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "devtools-protocol"
VERSION = "0.0.1734725"
FILES = ("browser_protocol.json", "js_protocol.json")


class ProtocolJsonMissingError(Exception):
    """The description is neither cached nor to be had from npm."""


def load() -> dict[str, Any]:
    """The browser's and the engine's domains in one description.

    Raises:
        ProtocolJsonMissingError: There is no npm, or it could not fetch the package.
    """
    folder = _cache() / f"{PACKAGE}-{VERSION}"
    if not folder.is_dir():
        _fetch(folder)
    parts = [json.loads((folder / name).read_bytes()) for name in FILES]
    return {
        "version": parts[0]["version"],
        "domains": [domain for part in parts for domain in part["domains"]],
    }


def _cache() -> Path:
    """``TAPSCOPE_TEST_CACHE``, or a folder in the user's cache."""
    if chosen := os.environ.get("TAPSCOPE_TEST_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tapscope-tests"


def _fetch(folder: Path) -> None:
    """Fills the folder in one step: a second run at the same time sees all of it or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        ready = Path(scratch, "ready")
        ready.mkdir()
        with tarfile.open(_pack(scratch)) as archive:
            for name in FILES:
                member = archive.extractfile(f"package/json/{name}")
                assert member is not None, f"{PACKAGE} {VERSION} has no {name}"
                (ready / name).write_bytes(member.read())
        try:
            ready.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise


def _pack(scratch: str) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        message = f"npm is needed once, to fetch {PACKAGE}: install it, or fill {_cache()}"
        raise ProtocolJsonMissingError(message)
    command = [npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"]
    done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        message = f"npm could not fetch {PACKAGE}@{VERSION}: {done.stderr.strip()}"
        raise ProtocolJsonMissingError(message)
    return Path(scratch, done.stdout.strip().splitlines()[-1])
