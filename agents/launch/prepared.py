"""A host's sockets, made before there is a host.

They are made by whoever launches and inherited by the host: so it is known at once whether the
port was free, and programs may connect before the host has even begun to run.
"""

from __future__ import annotations

import contextlib
import os
import socket

import attrs

from ..host.config import HostConfig
from ..link.address import LinkAddress
from .command_id import Command
from .front_door import listen_for_front_ends
from .launched import Launched
from .link_directory import listen_for_programs, private_directory, remove, socket_path
from .options import LaunchOptions

_LONGEST_TITLE = 200


@attrs.define(eq=False)
class Prepared:
    """A host's sockets, listening, with nobody behind them yet.

    Attributes:
        config: What the host has to be told; its descriptors are open in this process.
        launched: Where the host will be reached.
    """

    config: HostConfig
    launched: Launched
    _sockets: tuple[socket.socket, ...]

    def release(self) -> None:
        """Close this process's copies of the sockets: the host has its own."""
        for each in self._sockets:
            each.close()

    def surrender(self) -> None:
        """Leave the sockets to the host that runs in this very process."""
        for each in self._sockets:
            each.detach()

    def discard(self) -> None:
        """Close the sockets and remove the link's directory: there will be no host."""
        self.release()
        remove(self.config.link_directory)


def prepare(options: LaunchOptions) -> Prepared:
    """Make everything that a host needs, and start none.

    Raises:
        PortInUse: The port was given, and is taken.
        LaunchError: The address can't be listened on, or no link can be made.
    """
    command = Command(options.title, options.url, _folder())
    with contextlib.ExitStack() as undo:
        inspector = undo.enter_context(listen_for_front_ends(options.host, options.port, command))
        directory = private_directory()
        undo.callback(remove, directory)
        link = undo.enter_context(listen_for_programs(directory))
        prepared = _describe(options, command, inspector, link, directory)
        undo.pop_all()
        return prepared


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


def _describe(
    options: LaunchOptions,
    command: Command,
    inspector: socket.socket,
    link: socket.socket,
    directory: str,
) -> Prepared:
    host, port = inspector.getsockname()[:2]
    address = LinkAddress(path=socket_path(directory), token=os.urandom(24).hex())
    page = "js_app" if options.wait else "worker_app"
    launched = Launched(link=address, id=command.id_at(port), host=host, port=port, page=page)
    config = HostConfig(
        inspector_fds=(inspector.fileno(),),
        link_fd=link.fileno(),
        link_directory=directory,
        inspector_id=launched.id,
        link_token=address.token,
        host=host,
        port=port,
        keep=options.keep,
        open_browser=options.open_browser,
        page=page,
        foreground=options.foreground,
        patience=options.patience,
        title=options.title[:_LONGEST_TITLE],
        url=options.url,
        max_total=options.limits.total_bytes,
        max_body=options.limits.body_bytes,
        max_exchanges=options.limits.exchanges,
        spill=options.spill,
    )
    return Prepared(config, launched, (inspector, link))
