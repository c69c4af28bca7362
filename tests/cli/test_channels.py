"""``tapscope channels``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapscope.cli import main


def test_it_lists_channels_with_class_subscribers_and_meaning(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["channels"]) == 0
    [line] = [
        line
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("http.client.start")
    ]
    assert line.split()[1:3] == ["tapscope.channels.http.RequestStarted", "0"]
    assert line.endswith("A client is about to send a request.")


def test_modules_of_the_working_directory_can_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "acme_pool.py").write_text(
        "from tapscope.channels import channel\nchannel('acme.pool.grown')\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    assert main(["channels", "acme_pool"]) == 0
    assert "acme.pool.grown" in capsys.readouterr().out


def test_a_module_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["channels", "acme_nowhere"]) == 1
    assert "acme_nowhere" in capsys.readouterr().err
