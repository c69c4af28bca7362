"""What a program's own errors look like: as if nobody watched."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from tapscope import integrations
from tapscope.channels import subscribe
from tests.integrations import clients
from tests.integrations.clients import Ask, Client
from tests.integrations.server import Server

OURS = str(Path(integrations.__file__).parent)

every_client = pytest.mark.parametrize("client", clients.ALL, ids=lambda client: client.__name__)
watched_or_not = pytest.mark.parametrize("watched", [True, False], ids=["watched", "idle"])


@every_client
@watched_or_not
@pytest.mark.parametrize("trouble", ["refused", "/silent", "/cut", "/chunked_cut"])
def test_a_traceback_shows_no_frame_of_ours(
    client: Client, trouble: str, server: Server, refusing_port: int, *, watched: bool
) -> None:
    """Nor do those of its causes, wherever in an exchange it comes from."""
    refusing = f"http://127.0.0.1:{refusing_port}/plain"
    url = refusing if trouble == "refused" else server.url(trouble)
    listening = subscribe("http.client.**", lambda _, __: None) if watched else nullcontext()
    with listening, pytest.raises(Exception) as caught:  # noqa: PT011  # each client has its own
        client(Ask(url))
    files = {frame.filename for cause in _causes(caught.value) for frame in _frames(cause)}
    assert {file for file in files if file.startswith(OURS)} == set()


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.extract_tb(error.__traceback__)
