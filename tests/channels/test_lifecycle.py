from __future__ import annotations

import pytest

from tapscope.channels import ChannelError, channel, http, lifecycle, subscribe


@pytest.mark.parametrize("phase", ["start", "headers", "body_chunk", "finish", "error"])
def test_a_lifecycle_is_five_channels_below_its_name(name: str, phase: str) -> None:
    assert getattr(lifecycle(name), phase) is channel(f"{name}.{phase}")


def test_outgoing_http_is_the_lifecycle_http_client() -> None:
    assert http.client.name == "http.client"
    assert http.client.start is channel("http.client.start")


def test_one_pattern_hears_a_whole_lifecycle(name: str) -> None:
    heard: list[str] = []
    bundle = lifecycle(name)
    with subscribe(f"{name}.**", lambda _, name: heard.append(name.rpartition(".")[2])):
        for each in (bundle.start, bundle.headers, bundle.body_chunk, bundle.finish, bundle.error):
            each.publish(None)
    assert heard == ["start", "headers", "body_chunk", "finish", "error"]


def test_a_lifecycle_needs_a_channels_name() -> None:
    with pytest.raises(ChannelError):
        lifecycle("no name")
