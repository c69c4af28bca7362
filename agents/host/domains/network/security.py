"""How a connection is secured, as CDP tells it."""

from __future__ import annotations

from ....link.messages import ConnectionInfo
from . import types
from .certificates import read_certificate

_CERTIFICATE = 0  # CDP's for one that can't be asked for


def security_state(url: str, connection: ConnectionInfo | None) -> types.SecurityState:
    """Say whether somebody could read along: without TLS, or with a certificate nobody checked.

    DevTools' "Copy as cURL" does not check a certificate either, then.
    """
    if not url.startswith("https:"):
        return "insecure"
    security = connection.security if connection else None
    return "secure" if security is None or security.verified else "insecure"


def security_details(connection: ConnectionInfo | None) -> types.SecurityDetails | None:
    """Give what is known of the TLS of *connection*; ``None`` without any."""
    security = connection.security if connection else None
    if connection is None or security is None:
        return None
    # What the program has read, or else what there is to read of what it did not check.
    certificate = read_certificate(security.certificate) if security.certificate else security
    return types.SecurityDetails(
        protocol=(connection.tls or "").replace("TLSv", "TLS "),
        key_exchange=_key_exchange(security.cipher),
        cipher=security.cipher,
        certificate_id=_CERTIFICATE,
        subject_name=certificate.subject,
        san_list=list(certificate.names),
        issuer=certificate.issuer,
        valid_from=certificate.valid_from,
        valid_to=certificate.valid_to,
        signed_certificate_timestamp_list=[],
        certificate_transparency_compliance="unknown",
        encrypted_client_hello=False,
    )


def _key_exchange(cipher: str) -> str:
    """Give what OpenSSL's name of a cipher begins with; the ciphers of TLS 1.3 leave it open."""
    exchange, dash, rest = cipher.partition("-")
    if not dash or exchange not in {"ECDHE", "DHE"}:
        return ""
    return f"{exchange}_{rest.partition('-')[0]}"
