"""Certificates that a program did not check, and so did not read either."""

from __future__ import annotations

import functools
import warnings
from importlib import import_module
from typing import Any

import attrs

MAX_NAMES = 50
"""How many of a certificate's names are told."""
MAX_NAME = 1_000
"""Characters of one of them."""


@attrs.frozen
class Certificate:
    """Whom a certificate names; dates are seconds since 1970."""

    subject: str
    issuer: str = ""
    names: tuple[str, ...] = ()
    valid_from: int = 0
    valid_to: int = 0


@functools.lru_cache(maxsize=64)
def read_certificate(der: bytes) -> Certificate:
    """Read what a server has sent; where that can't be done the subject says why not."""
    try:
        x509: Any = import_module("cryptography.x509")
    except ImportError:
        return Certificate("not checked; to read it: pip install 'tapscope[certificates]'")
    try:
        with warnings.catch_warnings(action="ignore"):
            return _read(x509, der)
    except Exception as error:
        # It is whatever a server sends, and what reads it raises errors of many kinds.
        return Certificate(f"not checked, and it can't be read: {error!r:.200}")


def _read(x509: Any, der: bytes) -> Certificate:
    found = x509.load_der_x509_certificate(der)
    return Certificate(
        _name(x509, found.subject),
        _name(x509, found.issuer),
        _names(x509, found),
        int(found.not_valid_before_utc.timestamp()),
        int(found.not_valid_after_utc.timestamp()),
    )


def _name(x509: Any, told: Any) -> str:
    """Give the common name, or where there is none the organization."""
    for oid in (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME):
        for attribute in told.get_attributes_for_oid(oid):
            return str(attribute.value)[:MAX_NAME]
    return ""


def _names(x509: Any, found: Any) -> tuple[str, ...]:
    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    names = [*extension.value][:MAX_NAMES]
    return tuple(str(name.value)[:MAX_NAME] for name in names)
