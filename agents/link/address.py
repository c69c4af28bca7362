"""Where a host listens for programs."""

from __future__ import annotations

# Taken now, as gevent replaces it in the module later.
from socket import AF_UNIX, SOCK_STREAM, socket

import attrs

from ...channels import TapscopeError


@attrs.frozen
class LinkAddress:
    """Where a host listens for programs: a Unix socket in a private directory, and a secret."""

    path: str
    token: str = attrs.field(repr=False)

    def __str__(self) -> str:
        return f"unix:{self.token}@{self.path}"

    @classmethod
    def parse(cls, text: str) -> LinkAddress:
        """Read what ``str()`` of an address wrote.

        Raises:
            TapscopeError: *text* is something else.
        """
        scheme, _, rest = text.partition(":")
        token, at, path = rest.partition("@")
        if scheme != "unix" or not at or not token or not path:
            raise TapscopeError(f"a link's address is unix:TOKEN@PATH, not {text!r}")
        return cls(path=path, token=token)


def connect(address: LinkAddress) -> socket:
    """Open a blocking connection to the host at *address*.

    Raises:
        OSError: Nobody listens there.
    """
    connection = socket(AF_UNIX, SOCK_STREAM)
    try:
        connection.connect(address.path)
    except BaseException:
        connection.close()
        raise
    return connection
