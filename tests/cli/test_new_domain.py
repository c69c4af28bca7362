"""``tapscope new-domain`` writes a package that works as it is."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tapscope.cli import main
from tests.cli.conftest import Run
from tests.cli.distributions import install

FILES = {
    "pyproject.toml",
    "README.md",
    "tapscope_model_server/__init__.py",
    "tapscope_model_server/domain.py",
    "tests/test_domain.py",
}


@pytest.fixture
def written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["new-domain", "model-server", "--into", str(tmp_path / "new")]) == 0
    assert "has the domain ModelServer" in capsys.readouterr().out
    return tmp_path / "new" / "tapscope-model-server"


def test_its_tests_pass(written: Path) -> None:
    """Before it is installed, too, and with every event checked."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=written,
        env={**os.environ, "TAPSCOPE_DEBUG": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_hosts_find_its_domain_by_its_entry_point(command: Run, written: Path) -> None:
    project = tomllib.loads((written / "pyproject.toml").read_text())["project"]
    install(written, project["name"], "0.1.0", **project["entry-points"]["tapscope.domains"])
    path = os.pathsep.join([str(written), *filter(None, [os.environ.get("PYTHONPATH")])])
    said = command("domains", "ModelServer", env={**os.environ, "PYTHONPATH": path}).out
    assert said.startswith("ModelServer (tapscope-model-server 0.1.0)\n")
    assert "  getWork() -> (work: Work[])\n" in said
    assert "  workEnded(work: Work)\n" in said


def test_it_has_these_files_and_nothing_is_left_to_fill_in(written: Path) -> None:
    files = {path for path in written.rglob("*") if path.is_file()}
    assert {path.relative_to(written).as_posix() for path in files} == FILES
    assert not [path for path in files if "$" in path.read_text()]


def test_it_is_written_here_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new-domain", "jobs"]) == 0
    assert capsys.readouterr().out.startswith("tapscope-jobs has the domain Jobs:\n")
    assert (tmp_path / "tapscope-jobs" / "pyproject.toml").is_file()


@pytest.mark.parametrize("name", ["Jobs", "2jobs", "my jobs", "../jobs", "jobs-", "jöbs", ""])
def test_a_name_that_can_not_be_used_is_told(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["new-domain", name])
    assert ended.value.code == 2
    assert f"{name!r} can't be a domain's name: take lower-case" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["network", "runtime"])
def test_the_names_of_domains_of_tapscope_are_taken(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new-domain", name, "--into", str(tmp_path)]) == 1
    assert "is a domain of tapscope's own: take another name" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_there_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tapscope-jobs"
    folder.mkdir()
    assert main(["new-domain", "jobs", "--into", str(tmp_path)]) == 1
    assert f"tapscope: {folder} is there already: take another" in capsys.readouterr().err
    assert not list(folder.iterdir())


def test_a_place_that_can_not_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.touch()
    assert main(["new-domain", "jobs", "--into", str(file / "in")]) == 1
    assert "can't be written: Not a directory" in capsys.readouterr().err
