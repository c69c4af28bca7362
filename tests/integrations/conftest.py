from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
import trustme

from tapscope import integrations
from tests.certificates import certified
from tests.integrations.incoming_recording import Incomings, recording_incoming
from tests.integrations.recording import Recording, recording
from tests.integrations.server import Server, serving
from tests.integrations.socket_recording import Sockets, recording_sockets


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(scope="session")
def tls_server(authority: trustme.CA) -> Iterator[Server]:
    with serving(certified(authority)) as running:
        yield running


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """A port that nobody listens on, nor can, as it is taken."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        yield silent.getsockname()[1]


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    integrations.install()
    yield
    integrations.uninstall()


@pytest.fixture
def recorded() -> Iterator[Recording]:
    with recording() as exchanges:
        yield exchanges


@pytest.fixture
def incomings() -> Iterator[Incomings]:
    with recording_incoming() as exchanges:
        yield exchanges


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    with recording_sockets() as sockets:
        yield sockets
