"""A configuration arrives in the host as it was written."""

from __future__ import annotations

import pytest

from tapscope.agents.host.config import ConfigError, HostConfig
from tapscope.channels import TapscopeError

FULL = HostConfig(
    inspector_fds=(3, 4),
    link_fd=5,
    link_directory="/run/tapscope/é",
    inspector_id="id",
    link_token="secret",
    host="::1",
    port=9229,
    keep=True,
    open_browser=True,
    foreground=True,
    title='a "title"',
    url="file:///srv/app.py",
    allow_origins=("https://viewer.example",),
    patience=1.5,
)


def test_it_comes_back_as_it_was() -> None:
    assert HostConfig.from_json(FULL.to_json()) == FULL


def test_the_secret_is_not_shown() -> None:
    assert "secret" not in repr(FULL)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"3",
        b"{}",
        FULL.to_json().replace(b'"port":9229', b'"port":"9229"'),
        FULL.to_json().replace(b"[3,4]", b"3"),
        FULL.to_json().replace(b"[3,4]", b'["3"]'),
        FULL.to_json().replace(b"1.5", b"-1"),
        FULL.to_json().replace(b'"keep"', b'"kept"'),
    ],
)
def test_anything_else_is_refused_as_the_starters_fault(data: bytes) -> None:
    with pytest.raises(ConfigError, match="configuration"):
        HostConfig.from_json(data)
    assert issubclass(ConfigError, TapscopeError)
