"""What a TLS connection's own object tells of it, asked once when the connection is new."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import Any

from ..channels.http import Connection, Security

MAX_NAMES = 50
"""How many of a certificate's names are told."""
MAX_CERTIFICATE = 65_536
"""Bytes of a certificate that is told as it is; a longer one is left out."""


def set_tls(connection: Connection, tls: Any) -> None:
    """Take note of what *tls* tells: an ``SSLSocket``, an ``SSLObject``, or what stands for one."""
    # Libraries that bring a TLS of their own have as much of this as they like.
    with suppress(Exception):
        connection.tls = tls.version()
    with suppress(Exception):
        connection.security = _security(tls)


def _security(tls: Any) -> Security | None:
    cipher = tls.cipher()
    if cipher is None:
        return None
    # It is empty if nobody checked it.
    certificate: dict[str, Any] | None = tls.getpeercert()
    if not certificate:
        return Security(cipher[0], verified=False, certificate=_unchecked(tls))
    return Security(
        cipher[0],
        verified=True,
        subject=_name(certificate.get("subject", ())),
        issuer=_name(certificate.get("issuer", ())),
        names=tuple(str(name) for _, name in certificate.get("subjectAltName", ())[:MAX_NAMES]),
        valid_from=_seconds(certificate, "notBefore"),
        valid_to=_seconds(certificate, "notAfter"),
    )


def _unchecked(tls: Any) -> bytes:
    """Give a certificate that nobody checked, which Python does not read either."""
    try:
        certificate = bytes(tls.getpeercert(True))
    except Exception:
        return b""
    return certificate if len(certificate) <= MAX_CERTIFICATE else b""


def _name(parts: Any) -> str:
    """Give the common name, or where there is none the organization."""
    told = {key: str(value) for part in parts for key, value in part}
    return told.get("commonName") or told.get("organizationName") or ""


def _seconds(certificate: dict[str, Any], key: str) -> int:
    # A program without TLS need not import it for us.
    read = import_module("ssl").cert_time_to_seconds
    return int(read(certificate[key])) if key in certificate else 0
