"""What becomes of a request that fails, whichever client made it."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import ssl
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import attrs
import httpcore
import httpx
import pytest
import requests
import trio
import urllib3

from tapscope import channels
from tapscope.agents.tap.reasons import reason_of
from tests.integrations import clients
from tests.integrations.clients import Ask, Client
from tests.integrations.failing import failing, unanswering
from tests.integrations.recording import Recording
from tests.integrations.server import Server

every_client = pytest.mark.parametrize("client", clients.ALL, ids=lambda client: client.__name__)


@pytest.fixture(scope="module")
def failures() -> Iterator[str]:
    with failing() as url:
        yield url


def _reason(client: Callable[[], Any], recorded: Recording) -> str:
    """Have it fail, and give what is told of that while it happens."""
    reasons: list[str] = []
    with (
        channels.subscribe(
            "http.client.error", lambda event, _: reasons.append(reason_of(event.error))
        ),
        pytest.raises(Exception),  # noqa: B017, PT011  # each client has its own
    ):
        client()
    assert recorded[-1].events.count("error") == 1
    assert recorded[-1].events[-1] == "error"
    return reasons[-1]


@every_client
@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/reset", "Connection reset"),
        ("/reset_at_once", "Connection reset"),
        ("/incomplete", "Response incomplete"),
        ("/silent", "Closed without a response"),
        ("/garbage", "Invalid response"),
    ],
)
def test_a_bad_answer_is_told_with_its_reason(
    client: Client, path: str, reason: str, failures: str, recorded: Recording
) -> None:
    assert _reason(lambda: client(Ask(failures + path)), recorded) == reason


@every_client
def test_a_refused_connection_is_told_with_its_reason(
    client: Client, refusing_port: int, recorded: Recording
) -> None:
    url = f"http://127.0.0.1:{refusing_port}/"
    assert _reason(lambda: client(Ask(url)), recorded) == "Connection refused"


@every_client
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_nobody_has_is_told_with_its_reason(
    client: Client, scheme: str, recorded: Recording
) -> None:
    url = f"{scheme}://nobody.invalid/"
    assert _reason(lambda: client(Ask(url)), recorded) == "Name not resolved"


@every_client
def test_a_certificate_that_nobody_vouches_for_is_told_with_its_reason(
    client: Client, tls_server: Server, recorded: Recording
) -> None:
    wary = Ask(tls_server.url("/plain"), trust=ssl.create_default_context())
    assert _reason(lambda: client(wary), recorded) == "Certificate not trusted"


@every_client
def test_tls_to_a_port_without_it_is_told_with_its_reason(
    client: Client, failures: str, recorded: Recording
) -> None:
    url = failures.replace("http:", "https:")
    assert _reason(lambda: client(Ask(url)), recorded) in {"TLS failed", "Connection reset"}


@attrs.frozen
class Limits:
    """How many seconds a client waits; those that know only one limit take the shorter.

    What is not to run out is long, as a busy machine takes its time.
    """

    connect: float = 60
    read: float = 60

    @property
    def either(self) -> float:
        return min(self.connect, self.read)

    def by_phase(self) -> dict[str, float]:
        return {"connect": self.connect, "read": self.read, "write": 60, "pool": 60}


def _http_client(url: str, limits: Limits) -> None:
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.netloc, timeout=limits.either)
    try:
        connection.request("GET", target.path)
        connection.getresponse().read()
    finally:
        connection.close()


def _urllib_request(url: str, limits: Limits) -> None:
    with urllib.request.urlopen(url, timeout=limits.either) as response:
        response.read()


def _urllib3(url: str, limits: Limits) -> None:
    timeout = urllib3.Timeout(connect=limits.connect, read=limits.read)
    with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
        pool.request("GET", url)


def _requests(url: str, limits: Limits) -> None:
    with requests.Session() as session:
        session.get(url, timeout=(limits.connect, limits.read))


def _httpcore(url: str, limits: Limits) -> None:
    with httpcore.ConnectionPool() as pool:
        pool.request("GET", url, extensions={"timeout": limits.by_phase()})


def _httpx(url: str, limits: Limits) -> None:
    with httpx.Client(timeout=httpx.Timeout(**limits.by_phase())) as client:
        client.get(url)


async def _async_httpx(url: str, limits: Limits) -> None:
    async with httpx.AsyncClient(timeout=httpx.Timeout(**limits.by_phase())) as client:
        await client.get(url)


def _httpx_on_asyncio(url: str, limits: Limits) -> None:
    asyncio.run(_async_httpx(url, limits))


def _httpx_on_trio(url: str, limits: Limits) -> None:
    trio.run(_async_httpx, url, limits)


every_impatient_client = pytest.mark.parametrize(
    "client",
    [
        _http_client,
        _urllib_request,
        _urllib3,
        _requests,
        _httpcore,
        _httpx,
        _httpx_on_asyncio,
        _httpx_on_trio,
    ],
)


@every_impatient_client
@pytest.mark.parametrize("path", ["/stuck", "/stuck_in_body"])
def test_an_answer_that_does_not_come_in_time_is_told_with_its_reason(
    client: Callable[[str, Limits], None], path: str, failures: str, recorded: Recording
) -> None:
    reason = _reason(lambda: client(failures + path, Limits(read=0.1)), recorded)
    assert reason in {"Timed out", "Timed out while reading"}


@every_impatient_client
def test_a_connection_that_is_not_open_in_time_is_told_with_its_reason(
    client: Callable[[str, Limits], None], recorded: Recording
) -> None:
    with unanswering() as url:
        reason = _reason(lambda: client(url, Limits(connect=0.1)), recorded)
    assert reason in {"Timed out", "Timed out while connecting"}


@pytest.mark.parametrize("client", clients.FOLLOWING, ids=lambda client: client.__name__)
def test_too_many_redirects_are_as_many_exchanges_none_of_which_failed(
    client: Client, failures: str, recorded: Recording
) -> None:
    # With urllib.request the error is the last of the answers.
    with contextlib.suppress(Exception):
        client(Ask(f"{failures}/loop"))
    assert len(recorded) > 1
    assert {exchange.answer.status for exchange in recorded} == {302}
    assert not any(exchange.failed for exchange in recorded)
    assert [exchange.started.redirected_from for exchange in recorded[1:]] == [
        exchange.started.id for exchange in recorded[:-1]
    ]
