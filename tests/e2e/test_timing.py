"""The Timing tab of a request on a fresh connection over TLS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from tests.certificates import certified
from tests.e2e.conftest import OpenPanel, Watch
from tests.e2e.origin import Origin
from tests.e2e.panel import Panel

PROGRAMS = [
    "over_tls_with_urllib.py",
    "over_tls_with_requests.py",
    "over_tls_with_httpx.py",
    "over_tls_with_httpx_on_asyncio.py",
]
BARS = [
    "Queueing",
    "DNS lookup",
    "Initial connection",
    "SSL",
    "Request sent",
    "Waiting for server response",
    "Content download",
]


@pytest.fixture(scope="module")
def secure_origin(authority: trustme.CA) -> Iterator[Origin]:
    """The same server over TLS, as localhost."""
    with closing(Origin(certified(authority))) as origin:
        yield origin


@pytest.fixture(scope="module")
def trust(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment in which every library trusts that server."""
    path: Path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return {"SSL_CERT_FILE": str(path), "REQUESTS_CA_BUNDLE": str(path)}


@pytest.fixture(scope="module", params=PROGRAMS)
def panel(
    request: pytest.FixtureRequest,
    watch: Watch,
    open_panel: OpenPanel,
    secure_origin: Origin,
    trust: Mapping[str, str],
) -> Panel:
    """Each program in turn, with its one row selected."""
    watched = watch(request.param, secure_origin.url, environment=trust)
    watched.wait_until_done()
    panel = open_panel(watched)
    panel.select("zipped")
    return panel


def test_every_bar_is_drawn(panel: Panel) -> None:
    lines = panel.tab("Timing", "Content download").split("\n")
    assert [bar for bar in BARS if bar not in lines] == []


def test_every_bar_has_a_length(panel: Panel) -> None:
    lines = panel.tab("Timing", "Content download").split("\n")
    lengths = {bar: lines[lines.index(bar) + 1] for bar in BARS}
    assert {bar: text for bar, text in lengths.items() if not text.endswith("s")} == {}


def test_an_https_row_tells_its_address(panel: Panel, secure_origin: Origin) -> None:
    panel.tab("Headers", f"Request URL\n{secure_origin.url}/zipped\n")
