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

REFUSED = """if True:
    import contextlib, urllib.request
    with contextlib.suppress(OSError):
        urllib.request.urlopen("http://127.0.0.1:9/refused")
"""


def test_the_command_works_outside_the_checkout(installed: Environment, tmp_path: Path) -> None:
    """The script that the installation made finds everything it needs."""
    assert "run" in installed.run("tapscope", "--help", cwd=tmp_path)


def test_python_dash_m_is_the_command(installed: Environment, tmp_path: Path) -> None:
    """The two ways of starting it are the same."""
    module = installed.run("python", "-m", "tapscope", "--help", cwd=tmp_path)
    assert module == installed.run("tapscope", "--help", cwd=tmp_path)


def test_the_packages_are_those_installed(installed: Environment, tmp_path: Path) -> None:
    """Nothing reaches back into the checkout, nor into the environment that runs the tests."""
    code = """if True:
        import tapscope.agents, tapscope.channels, tapscope.cli, tapscope.integrations
        print(tapscope.channels.__file__)
    """
    found = Path(installed.run("python", "-c", code, cwd=tmp_path).strip())
    assert not found.is_relative_to(CHECKOUT)
    assert found.name == "__init__.py"


def test_the_folder_for_pythonpath_is_there(installed: Environment, tmp_path: Path) -> None:
    """It has no ``__init__.py``, so it could go missing silently, from an editable install too."""
    code = "from pathlib import Path; import tapscope.cli as cli; print(Path(cli.__file__).parent)"
    cli = Path(installed.run("python", "-c", code, cwd=tmp_path).strip())
    assert (cli / "bootstrap" / "sitecustomize.py").is_file()


def test_the_folders_are_no_top_level_packages(installed: Environment, tmp_path: Path) -> None:
    """``channels`` is Django's and ``agents`` is somebody's, too."""
    code = "import importlib.util as u; print([u.find_spec(n) for n in ('channels', 'agents')])"
    assert installed.run("python", "-c", code, cwd=tmp_path) == "[None, None]\n"


@pytest.mark.usefixtures("compiler")
def test_what_is_in_c_is_there(installed: Environment, tmp_path: Path) -> None:
    """Whichever way it was installed, where there is a compiler."""
    modules = "agents.tap._taker", "channels._exchange", "channels._frames", "integrations._wire"
    for module in modules:
        installed.run("python", "-c", f"import tapscope.{module}", cwd=tmp_path)
    assert installed.run("tapscope", "--version", cwd=tmp_path).endswith(" with C extension\n")


@pytest.mark.parametrize("how", [[], ["--editable"]], ids=["copied", "editable"])
def test_without_a_compiler_it_is_all_python(dists: Dists, how: list[str], tmp_path: Path) -> None:
    """It is installed all the same, and tells the same."""
    source = shutil.copytree(dists.source, tmp_path / "source", ignore=LEFT_BEHIND)
    environment = new_environment(tmp_path / "venv")
    pip_install(environment, *how, source, CC="false")
    assert environment.run("tapscope", "--version", cwd=tmp_path).endswith(" without C extension\n")
    environment.run("tapscope", "record", "-o", "it.har", "-c", REFUSED, cwd=tmp_path)
    assert "http://127.0.0.1:9/refused" in (tmp_path / "it.har").read_text()
