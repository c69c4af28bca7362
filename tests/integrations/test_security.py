"""What clients tell of TLS."""

from __future__ import annotations

import ssl
import time
from typing import Any

import httpx
import pytest
import requests
import urllib3
from cryptography import x509

from tapscope.channels.http import Connection
from tapscope.integrations._tls import MAX_NAMES, set_tls
from tests.integrations import clients
from tests.integrations.clients import Ask, Client
from tests.integrations.recording import Recording
from tests.integrations.server import Server


@pytest.mark.parametrize("client", clients.ALL, ids=lambda client: client.__name__)
def test_the_certificate_is_told_with_the_connection(
    client: Client, tls_server: Server, trusting: ssl.SSLContext, recorded: Recording
) -> None:
    client(Ask(tls_server.url("/plain"), trust=trusting))
    connection = recorded.only().answer.connection
    assert connection is not None
    security = connection.security
    assert security is not None
    assert security.verified
    assert security.cipher.startswith("TLS_")
    assert security.names == ("localhost",)
    assert security.issuer.startswith("trustme")
    assert security.valid_from < time.time() < security.valid_to


@pytest.mark.parametrize("client", clients.ALL, ids=lambda client: client.__name__)
def test_without_tls_there_is_none(client: Client, server: Server, recorded: Recording) -> None:
    client(Ask(server.url("/plain")))
    connection = recorded.only().answer.connection
    assert connection is not None
    assert connection.security is None


def _unchecked_httpx(url: str) -> None:
    with httpx.Client(verify=False) as client:
        client.get(url)


def _unchecked_requests(url: str) -> None:
    with requests.Session() as session, pytest.warns(urllib3.exceptions.InsecureRequestWarning):
        session.get(url, verify=False)


@pytest.mark.parametrize("fetch", [_unchecked_httpx, _unchecked_requests])
def test_a_certificate_that_was_not_checked_is_told_as_it_came(
    fetch: Any, tls_server: Server, recorded: Recording
) -> None:
    fetch(tls_server.url("/plain"))
    connection = recorded.only().answer.connection
    assert connection is not None
    security = connection.security
    assert security is not None
    assert (security.verified, security.subject, security.names) == (False, "", ())
    found = x509.load_der_x509_certificate(security.certificate)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]


def test_connections_that_go_on_are_asked_once(
    tls_server: Server,
    trusting: ssl.SSLContext,
    recorded: Recording,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[ssl.SSLSocket] = []
    original = ssl.SSLSocket.getpeercert

    def getpeercert(self: ssl.SSLSocket) -> Any:
        asked.append(self)
        return original(self)

    monkeypatch.setattr(ssl.SSLSocket, "getpeercert", getpeercert)
    with httpx.Client(verify=trusting) as client:
        for _ in range(3):
            client.get(tls_server.url("/plain"))
    assert len(asked) == 1
    assert len({id(exchange.answer.connection) for exchange in recorded}) == 1


class _Odd:
    """A library's own idea of TLS."""

    def __init__(self, certificate: Any, version: Any = "TLSv1.3") -> None:
        self._certificate = certificate
        self._version = version

    def version(self) -> Any:
        return self._version

    def cipher(self) -> Any:
        return ("AES", "TLSv1.3", 128)

    def getpeercert(self) -> Any:
        if isinstance(self._certificate, Exception):
            raise self._certificate
        return self._certificate


def test_very_many_names_are_cut() -> None:
    connection = Connection(1)
    names = tuple(("DNS", f"{number}.example") for number in range(1000))
    set_tls(connection, _Odd({"subjectAltName": names}))
    assert connection.security is not None
    assert len(connection.security.names) == MAX_NAMES


def test_a_name_is_the_common_one_or_else_the_organizations() -> None:
    connection = Connection(1)
    subject = ((("organizationName", "Tea Ltd."),), (("commonName", "tea.example"),))
    set_tls(connection, _Odd({"subject": subject, "issuer": subject[:1]}))
    assert connection.security is not None
    assert (connection.security.subject, connection.security.issuer) == ("tea.example", "Tea Ltd.")


@pytest.mark.parametrize("tls", [_Odd(ValueError()), _Odd(7), _Odd({"subject": 7}), object()])
def test_a_library_that_does_not_tell_is_left_alone(tls: Any) -> None:
    connection = Connection(1)
    set_tls(connection, tls)
    assert connection.security is None
