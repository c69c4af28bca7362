from __future__ import annotations

from pathlib import Path

from tests.packaging.conftest import CHECKOUT, Environment


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
