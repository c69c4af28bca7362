from __future__ import annotations

import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.packaging.conftest import CHECKOUT, Dists

SETUPTOOLS = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["setuptools"]
FOLDERS: dict[Path, str] = {
    CHECKOUT / path: name for name, path in SETUPTOOLS["package-dir"].items()
}
OF_C = {".c", ".h", ".so"}


@pytest.fixture(scope="module")
def in_wheel(dists: Dists) -> set[str]:
    """The wheel's files."""
    with zipfile.ZipFile(dists.wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def in_sdist(dists: Dists) -> set[str]:
    """The sdist's files, without the folder that holds them all."""
    with tarfile.open(dists.sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def package_of(folder: Path) -> str:
    """The import name of a folder of the checkout."""
    if folder in FOLDERS:
        return FOLDERS[folder]
    return f"{package_of(folder.parent)}.{folder.name}"


def test_the_packages_list_names_every_folder_that_holds_a_module() -> None:
    """A folder that is not listed would be missing from what users install."""
    tops = {CHECKOUT / folder.split("/")[0] for folder in SETUPTOOLS["package-dir"].values()}
    on_disk = {package_of(module.parent) for top in tops for module in top.rglob("*.py")}
    assert on_disk ^ set(SETUPTOOLS["packages"]) == set()


def test_the_wheel_has_one_top_level_name(in_wheel: set[str]) -> None:
    """A top-level ``channels`` or ``agents`` would overwrite other people's packages."""
    tops = {name.partition("/")[0] for name in in_wheel}
    [metadata] = {top for top in tops if top.endswith(".dist-info")}
    assert tops == {"tapscope", metadata}


def test_the_wheel_has_every_file_of_the_folders(in_wheel: set[str]) -> None:
    """A data file that no pattern of ``package-data`` fits would be missing."""
    expected = set[str]()
    for folder, name in FOLDERS.items():
        for path in folder.rglob("*.*"):
            inside = path.relative_to(folder)
            if {"_root", "__pycache__"}.isdisjoint(inside.parts) and path.suffix not in OF_C:
                expected.add((Path(*name.split(".")) / inside).as_posix())
    found = {name for name in in_wheel if name.startswith("tapscope/")}
    assert expected ^ {name for name in found if not name.endswith(".so")} == set()


@pytest.mark.usefixtures("compiler")
def test_the_wheel_has_what_is_in_c_compiled(in_wheel: set[str]) -> None:
    """For the Python that built it, and without the sources."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    modules = {
        Path(*name.split("."), path.relative_to(folder)).with_suffix(suffix).as_posix()
        for folder, name in FOLDERS.items()
        for path in folder.rglob("*.c")
    }
    assert {name for name in in_wheel if Path(name).suffix in OF_C} == modules


def test_the_wheel_says_that_it_is_typed(in_wheel: set[str]) -> None:
    """Type checkers look for the marker at the root."""
    assert "tapscope/py.typed" in in_wheel


@pytest.mark.parametrize(
    "name",
    [
        "LICENSE",
        "MANIFEST.in",
        "agents/tap/_packing.h",
        "agents/tap/_taker.c",
        "agents/tap/_taker.pyi",
        "channels/_exchange.c",
        "channels/_shape.h",
        "integrations/_wire.c",
        "noxfile.py",
        "pyproject.toml",
        "setup.py",
        "tests/packaging/test_dists.py",
    ],
)
def test_the_sdist_can_be_worked_on(in_sdist: set[str], name: str) -> None:
    """A packager runs the tests from it."""
    assert name in in_sdist
