"""The checkout as users get it: built, and installed where the checkout is out of reach."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import attrs
import pytest

from tests.native import building

CHECKOUT = Path(__file__).parents[2]
LEFT_BEHIND = shutil.ignore_patterns(
    ".?*_cache",
    ".git",
    ".hypothesis",
    ".nox",
    ".venv",
    "*.egg-info",
    "*.so",
    "__pycache__",
    "build",
    "dist",
)


@attrs.frozen
class Dists:
    """What was built from the checkout, and the copy it was built from."""

    source: Path
    sdist: Path
    wheel: Path


@attrs.frozen
class Environment:
    """A virtual environment that has tapscope itself, and its dependencies from ours."""

    folder: Path

    @property
    def python(self) -> Path:
        """The interpreter."""
        return self.folder / "bin" / "python"

    @property
    def site_packages(self) -> Path:
        """Where its packages are."""
        paths = {"base": str(self.folder), "platbase": str(self.folder)}
        return Path(sysconfig.get_path("purelib", "venv", paths))

    def run(self, *command: str | Path, cwd: Path) -> str:
        """What a command of this environment prints; a failure fails the test, with all it said."""
        path = os.pathsep.join([str(self.folder / "bin"), os.environ["PATH"]])
        environ = {**os.environ, "PATH": path, "VIRTUAL_ENV": str(self.folder)}
        program, *words = map(str, command)
        return run([str(self.folder / "bin" / program), *words], cwd, environ)


def run(command: list[str], cwd: Path, environ: dict[str, str] | None = None) -> str:
    """What the command prints on stdout, once it has succeeded."""
    done = subprocess.run(
        command, cwd=cwd, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def pip_install(environment: Environment, *what: str | Path, **environ: str) -> None:
    """Installs without the network: no dependencies, and this environment's setuptools builds."""
    offline = ["--ignore-installed", "--no-build-isolation", "--no-deps", "--no-index"]
    pip = [sys.executable, "-P", "-m", "pip", "--python", str(environment.python)]
    install = [*pip, "install", *offline, *map(str, what)]
    run(install, environment.folder, {**os.environ, **environ})


def new_environment(folder: Path) -> Environment:
    """An environment that finds what is installed beside pytest, after what is installed in it."""
    venv.create(folder, symlinks=True)
    environment = Environment(folder)
    ours = sysconfig.get_path("purelib")
    (environment.site_packages / "_ours.pth").write_text(f"{ours}\n")
    return environment


@pytest.fixture(scope="session")
def compiler() -> None:
    """Where C can't be compiled the test is skipped, in CI it fails."""
    building.compiler()
    building.headers()


@pytest.fixture(scope="session")
def dists(tmp_path_factory: pytest.TempPathFactory) -> Dists:
    """The sdist, and the wheel made from that sdist."""
    folder = tmp_path_factory.mktemp("dists")
    source = folder / "source"
    shutil.copytree(CHECKOUT, source, ignore=LEFT_BEHIND)
    build = [sys.executable, "-P", "-m", "build", "--no-isolation", "--outdir", str(folder)]
    run([*build, str(source)], folder)
    [sdist] = folder.glob("*.tar.gz")
    [wheel] = folder.glob("*.whl")
    return Dists(source, sdist, wheel)


@pytest.fixture(scope="session", params=["wheel", "sdist", "editable"])
def installed(
    request: pytest.FixtureRequest, dists: Dists, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """An environment into which tapscope was installed, in each of the ways there are."""
    environment = new_environment(tmp_path_factory.mktemp(request.param) / "venv")
    words: dict[str, list[str | Path]] = {
        "wheel": [dists.wheel],
        "sdist": [dists.sdist],
        "editable": ["--editable", dists.source],
    }
    pip_install(environment, *words[request.param])
    return environment
