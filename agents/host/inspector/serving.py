"""A host that somebody else has made, served in a process of the command line."""

from __future__ import annotations

import socket

import trio

from ..config import HostConfig
from ..host import Host
from .main import Inspector


def serve(config: HostConfig, host: Host) -> None:
    """Serve *host* where *config* says, until Ctrl-C or another signal ends that.

    Takes over the sockets that *config* names.  Call it in the main thread.
    """
    link = socket.socket(fileno=config.link_fd)
    sockets = [socket.socket(fileno=fd) for fd in config.inspector_fds]
    trio.run(Inspector(config, host, lambda: None).serve, sockets, link)
