"""Files of npm packages that tests compare with: fetched once, then cached."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path


class NpmPackageMissingError(Exception):
    """The package is neither cached nor to be had from npm."""


def folder_of(package: str, version: str, files: Iterable[str]) -> Path:
    """The folder that holds these files of the package, without their own folders.

    Raises:
        NpmPackageMissingError: There is no npm, or it could not fetch the package.
    """
    folder = _cache() / f"{package}-{version}"
    if not folder.is_dir():
        _fetch(folder, f"{package}@{version}", files)
    return folder


def installed(package: str, version: str) -> Path:
    """The folder ``node_modules`` with the package and with all that it needs.

    Raises:
        NpmPackageMissingError: There is no npm, or it could not install the package.
    """
    folder = _cache() / f"{package}-{version}-installed"
    if not folder.is_dir():
        _install(folder, f"{package}@{version}")
    return folder / "node_modules"


def _cache() -> Path:
    """``TAPSCOPE_TEST_CACHE``, or a folder in the user's cache."""
    if chosen := os.environ.get("TAPSCOPE_TEST_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tapscope-tests"


def _fetch(folder: Path, wanted: str, files: Iterable[str]) -> None:
    """Fills the folder in one step: a second run at the same time sees all of it or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        ready = Path(scratch, "ready")
        ready.mkdir()
        with tarfile.open(_pack(scratch, wanted)) as archive:
            for name in files:
                member = archive.extractfile(f"package/{name}")
                assert member is not None, f"{wanted} has no {name}"
                (ready / Path(name).name).write_bytes(member.read())
        _settle(ready, folder)


def _install(folder: Path, wanted: str) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        ready = Path(scratch, "ready")
        ready.mkdir()
        _npm(wanted, "install", "--silent", "--ignore-scripts", "--prefix", str(ready), wanted)
        _settle(ready, folder)


def _settle(ready: Path, folder: Path) -> None:
    try:
        ready.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _pack(scratch: str, wanted: str) -> Path:
    said = _npm(wanted, "pack", "--silent", "--pack-destination", scratch, wanted)
    return Path(scratch, said.strip().splitlines()[-1])


def _npm(wanted: str, *words: str) -> str:
    npm = shutil.which("npm")
    if npm is None:
        message = f"npm is needed once, to fetch {wanted}: install it, or fill {_cache()}"
        raise NpmPackageMissingError(message)
    done = subprocess.run([npm, *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        message = f"npm could not fetch {wanted}: {done.stderr.strip()}"
        raise NpmPackageMissingError(message)
    return done.stdout
