"""What there is to read of a certificate that a program did not check."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.domains.network.certificates import (
    MAX_NAME,
    MAX_NAMES,
    Certificate,
    read_certificate,
)

BEGIN, END = datetime(2024, 1, 2, tzinfo=UTC), datetime(2044, 1, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    """What was read is remembered."""
    read_certificate.cache_clear()
    yield
    read_certificate.cache_clear()


def certificate(
    subject: str | None = "tea.example", names: tuple[x509.GeneralName, ...] = ()
) -> bytes:
    """Make one that its owner has signed."""
    key = generate_private_key(SECP256R1())
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tea Ltd.")]
    if subject is not None:
        parts.append(x509.NameAttribute(NameOID.COMMON_NAME, subject))
    builder = x509.CertificateBuilder(
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tea Authority")]),
        subject_name=x509.Name(parts),
        public_key=key.public_key(),
        serial_number=7,
        not_valid_before=BEGIN,
        not_valid_after=END,
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def test_whom_it_names_and_when_it_is_valid_is_read() -> None:
    names = (x509.DNSName("tea.example"), x509.IPAddress(ip_address("127.0.0.1")))
    assert read_certificate(certificate(names=names)) == Certificate(
        "tea.example",
        "Tea Authority",
        ("tea.example", "127.0.0.1"),
        int(BEGIN.timestamp()),
        int(END.timestamp()),
    )


def test_without_a_common_name_the_organization_is_read() -> None:
    found = read_certificate(certificate(subject=None))
    assert (found.subject, found.names) == ("Tea Ltd.", ())


def test_very_many_names_are_cut() -> None:
    many = tuple(x509.DNSName(f"{number}.{'long.' * 300}") for number in range(100))
    found = read_certificate(certificate(names=many))
    assert len(found.names) == MAX_NAMES
    assert {len(name) for name in found.names} == {MAX_NAME}


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.x509", None)
    found = read_certificate(certificate())
    assert found == Certificate("not checked; to read it: pip install 'tapscope[certificates]'")


@given(st.binary(max_size=300))
def test_bytes_that_are_none_are_said_to_be_none(data: bytes) -> None:
    assert "can't be read" in read_certificate(data).subject


DER = certificate(names=(x509.DNSName("tea.example"),))


@given(st.integers(0, len(DER) - 1), st.integers(0, 255))
def test_a_damaged_one_is_read_or_said_to_be_none(place: int, value: int) -> None:
    damaged = DER[:place] + bytes([value]) + DER[place + 1 :]
    assert isinstance(read_certificate(damaged), Certificate)
