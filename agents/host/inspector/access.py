"""Who may talk to the inspector: the rules for ``Host`` and ``Origin``.

A port on the loopback interface is within reach of every web page that the user visits. Two
doors are shut here. A page that has its own name resolve to 127.0.0.1 (DNS rebinding) is
known by the name it must put into ``Host``; so only addresses and ``localhost`` pass, as in
Node after CVE-2018-7160, -2021-22884, -2022-32212 and -2022-43548. A page that opens a
WebSocket across origins, which no same-origin rule prevents, is known by its ``Origin``.
"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv6Address

import attrs

DEVTOOLS_ORIGIN = "devtools://devtools"


@attrs.frozen
class Authority:
    """A host, and the port if one is given, that can be put into a URL as it is.

    Attributes:
        host: A dotted IPv4 address, a bracketed IPv6 address or ``localhost``.
        port: 1 to 65535, or ``None``.
    """

    host: str
    port: int | None = None

    def __str__(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"


def parse_authority(text: str) -> Authority | None:
    """Read a ``Host`` header; ``None`` for whatever a rebound name could have put there."""
    host, port = _split(text)
    if not _is_trusted(host):
        return None
    if not port:
        return Authority(host.lower())
    digits = port[1:]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 5):
        return None
    number = int(digits)
    return Authority(host.lower(), number) if 0 < number < 65536 else None


def is_admitted(origin: str | None, host: str | None, allowed: frozenset[str]) -> bool:
    """Tell whether a request with this ``Origin`` may be answered.

    Programs send none; DevTools sends its own; a page that this very server gave out names the
    *host* it was asked by, which must have passed ``parse_authority``.
    """
    if origin is None or origin == DEVTOOLS_ORIGIN or origin in allowed:
        return True
    return host is not None and origin.lower() == f"http://{host.lower()}"


def _split(text: str) -> tuple[str, str]:
    """Part ``host:port`` into host and ``:port``, minding the colons inside brackets."""
    if text.startswith("["):
        host, bracket, port = text.partition("]")
        host += bracket
    else:
        host, colon, digits = text.partition(":")
        port = colon + digits
    if port and not port.startswith(":"):
        return "", ""
    return host, port


def _is_trusted(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    if host.startswith("[") and host.endswith("]"):
        return _is_ipv6(host[1:-1])
    return _is_ipv4(host)


def _is_ipv4(text: str) -> bool:
    try:
        address = IPv4Address(text)
    except AddressValueError:
        return False
    # 0.0.0.0/8 reaches this machine on some systems, yet is no address of anyone.
    return address.packed[0] != 0


def _is_ipv6(text: str) -> bool:
    try:
        address = IPv6Address(text)
    except AddressValueError:
        return False
    mapped = address.ipv4_mapped
    if mapped is not None and mapped.packed[0] == 0:
        return False
    return not address.is_unspecified and address.scope_id is None
