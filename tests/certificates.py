"""What a server of the tests needs to speak TLS."""

from __future__ import annotations

import ssl

import trustme


def certified(authority: trustme.CA, *protocols: str, host: str = "localhost") -> ssl.SSLContext:
    """A server's context with a certificate for *host*; it offers *protocols*, if any."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    if protocols:
        context.set_alpn_protocols(protocols)
    return context
