"""``examples/tapscope-queue`` is a package as others write them: it needs only what is public."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.packaging.conftest import (
    CHECKOUT,
    LEFT_BEHIND,
    Dists,
    Environment,
    new_environment,
    pip_install,
)

EXAMPLE = CHECKOUT / "examples" / "tapscope-queue"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it, as whoever builds it writes into its folder."""
    return shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("example") / "q", ignore=LEFT_BEHIND)


@pytest.fixture(scope="module")
def environment(
    example: Path, dists: Dists, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """A new one, into which tapscope's wheel and the example were installed."""
    environment = new_environment(tmp_path_factory.mktemp("queue") / "venv")
    pip_install(environment, dists.wheel, example)
    return environment


def test_its_tests_pass_where_it_is_installed(
    environment: Environment, example: Path, tmp_path: Path
) -> None:
    """They see the installed package, not its source."""
    shutil.copytree(example / "tests", tmp_path / "tests")
    shutil.copy(example / "pyproject.toml", tmp_path)
    flags = ("-q", "-p", "no:cacheprovider", "--import-mode=importlib")
    said = environment.run("python", "-P", "-m", "pytest", *flags, cwd=tmp_path)
    assert " passed" in said


def test_the_command_finds_its_domain(environment: Environment, tmp_path: Path) -> None:
    said = environment.run("tapscope", "domains", "Queue", cwd=tmp_path)
    assert said.startswith("Queue (tapscope-queue 0.1.0)\n  The queues of jobqueue")


def test_what_the_command_writes_can_be_installed_and_tested(dists: Dists, tmp_path: Path) -> None:
    environment = new_environment(tmp_path / "venv")
    pip_install(environment, dists.wheel)
    environment.run("tapscope", "new-domain", "jobs", cwd=tmp_path)
    written = tmp_path / "tapscope-jobs"
    pip_install(environment, written)
    flags = ("-q", "-p", "no:cacheprovider")
    assert " passed" in environment.run("python", "-P", "-m", "pytest", *flags, cwd=written)
    said = environment.run("tapscope", "domains", "Jobs", cwd=tmp_path)
    assert said.startswith("Jobs (tapscope-jobs 0.1.0)\n")


def test_its_program_runs_watched(environment: Environment, example: Path) -> None:
    said = environment.run("tapscope", "run", "--port", "0", "app.py", "1", cwd=example)
    assert said == "all pictures are made\n"
