"""Starting a host beside a program, so that the program has no child and no open door of it.

The listening sockets are made here and inherited by the host: whoever launches knows at once
whether the port was free, and may connect before the host has even begun to run.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Generator, Iterator

import attrs
from attrs.validators import and_, ge, le, optional

from ..channels import TapscopeError
from .host.config import HostConfig
from .link.address import LinkAddress
from .link.messages import Limits

DEFAULT_PORT = 9229
_PORTS_TRIED = 100
_BACKLOG = 128
# A Unix socket's address holds 104 bytes on macOS and 108 on Linux, the closing zero included.
_LONGEST_SOCKET_PATH = 100
_LONGEST_TITLE = 200
_STANDARD_ERROR = 2
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # to print, not to bind


class LaunchError(TapscopeError):
    """No host could be started: this machine, or the address asked for, does not allow it."""


class PortInUse(LaunchError):  # named by situation
    """The inspector's port was asked for by number and somebody else listens on it."""


@attrs.frozen(kw_only=True)
class LaunchOptions:
    """What whoever starts a host may choose.

    Attributes:
        host: The name or address that the inspector listens on.
        port: The port, or 0 for any; None takes 9229 or else the next free one.
        keep: The host stays after the last program has ended, to be looked at.
        open_browser: The host opens Chrome or Chromium on the front end's page.
        title: What a list of targets shows; cut after 200 characters.
        url: Where the program's main file is, ``file://...``; empty when it has none.
        wait: The program waits for a front end to say so; DevTools' js_app.html does,
            worker_app.html does not.
        foreground: The host will run in this very process, which owns a terminal.
        patience: Seconds that the host waits for its first program.
        limits: How much the host keeps; what is said here no program changes.
        spill: Bytes of bodies that the host keeps in a file, when memory has no room.
    """

    host: str = "127.0.0.1"
    port: int | None = attrs.field(default=None, validator=optional(and_(ge(0), le(65535))))
    keep: bool = False
    open_browser: bool = False
    title: str = "python"
    url: str = ""
    wait: bool = False
    foreground: bool = False
    patience: float = 15.0
    limits: Limits = attrs.field(factory=Limits)
    spill: int = attrs.field(default=0, validator=ge(0))


@attrs.frozen(kw_only=True)
class Launched:
    """Where a host can be reached: by programs through the link, by front ends through the port.

    Attributes:
        link: What a program needs in order to join.
        id: The unguessable word in the WebSocket address.
        host: The numeric address that is listened on.
        port: The port that is listened on, never 0.
        page: Which of DevTools' pages to open.
    """

    link: LinkAddress
    id: str
    host: str
    port: int
    page: str

    @property
    def websocket_url(self) -> str:
        """The address for any CDP client on this machine."""
        return f"ws://{self._place}"

    @property
    def devtools_url(self) -> str:
        """The page to paste into the address bar of Chrome or Chromium on this machine."""
        return f"devtools://devtools/bundled/{self.page}.html?ws={self._place}&panel=network"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        return self.host.startswith("127.") or self.host == "::1"

    @property
    def _place(self) -> str:
        host = _LOOPBACK.get(self.host, self.host)
        return f"{f'[{host}]' if ':' in host else host}:{self.port}/{self.id}"


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
        _remove(self.config.link_directory)


def launch(options: LaunchOptions) -> Launched:
    """Start a host that is no child of this process; give the addresses to reach it.

    The host may not yet run when this returns, but connections to it succeed and wait for it.
    It has a session of its own, so that no key pressed in the terminal reaches it, and it holds
    none of this process's files.  May be called from any thread, and more than once: each call
    starts another host.

    Raises:
        PortInUse: The port was given, and is taken.
        LaunchError: The address can't be listened on, or no process can be started.
    """
    with _standard_descriptors_taken():
        prepared = prepare(options)
        try:
            _start(prepared.config)
        except BaseException as error:
            prepared.discard()
            if isinstance(error, OSError):
                raise LaunchError(f"the host can't be started: {error}") from error
            raise
        prepared.release()
        return prepared.launched


def prepare(options: LaunchOptions) -> Prepared:
    """Make everything that a host needs, and start none.

    Raises:
        PortInUse: The port was given, and is taken.
        LaunchError: The address can't be listened on, or no link can be made.
    """
    with contextlib.ExitStack() as undo:
        inspector = undo.enter_context(_listen_for_front_ends(options.host, options.port))
        directory = _private_directory()
        undo.callback(_remove, directory)
        link = undo.enter_context(_listen_for_programs(directory))
        prepared = _describe(options, inspector, link, directory)
        undo.pop_all()
        return prepared


def _describe(
    options: LaunchOptions, inspector: socket.socket, link: socket.socket, directory: str
) -> Prepared:
    host, port = inspector.getsockname()[:2]
    address = LinkAddress(path=_socket_path(directory), token=os.urandom(24).hex())
    page = "js_app" if options.wait else "worker_app"
    launched = Launched(link=address, id=str(uuid.uuid4()), host=host, port=port, page=page)
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


def _listen_for_front_ends(host: str, port: int | None) -> socket.socket:
    if port is not None:
        return _listen(host, port)
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + _PORTS_TRIED):
        with contextlib.suppress(PortInUse):
            return _listen(host, candidate)
    return _listen(host, 0)


def _listen(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # The page in DevTools may connect to 127.0.0.1 only, so a name's IPv4 address is better.
        family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except (OSError, UnicodeError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise PortInUse(f"port {port} is in use") from error
        reason = getattr(error, "strerror", None) or error
        raise LaunchError(f"can't listen on {host} port {port}: {reason}") from error


def _private_directory() -> str:
    """A new directory that only this user can enter, with a path short enough for a socket."""
    reasons: list[OSError] = []
    for parent in _temporary_directories():
        try:
            directory = tempfile.mkdtemp(prefix="tapscope-", dir=parent)
        except OSError as error:
            reasons.append(error)
            continue
        if len(os.fsencode(_socket_path(directory))) <= _LONGEST_SOCKET_PATH:
            return directory
        _remove(directory)
    reason = reasons[0] if reasons else "the paths of all temporary directories are too long"
    raise LaunchError(f"no private directory for the link: {reason}")


def _temporary_directories() -> Iterator[str]:
    with contextlib.suppress(FileNotFoundError):
        yield tempfile.gettempdir()
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        yield runtime
    yield from ("/tmp", "/var/tmp")  # noqa: S108  # mkdtemp makes the name unguessable


def _socket_path(directory: str) -> str:
    return os.path.join(directory, "link")  # an address, not a file to open


def _listen_for_programs(directory: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(_socket_path(directory))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise LaunchError(f"can't listen on {_socket_path(directory)}: {error}") from error
    return listener


def _remove(directory: str) -> None:
    for remove, path in ((os.unlink, _socket_path(directory)), (os.rmdir, directory)):
        with contextlib.suppress(OSError):
            remove(path)


def _start(config: HostConfig) -> None:
    """Start the host through a shell that ends at once, so that the host is nobody's child."""
    # The host's own needs come before what the environment asks of the program's interpreter:
    # no module of the working directory, and no warning turned into an error.
    python = [sys.executable, "-P", "-W", "ignore"]
    if _found_by_working_directory():
        python.remove("-P")
    reader, writer = os.pipe()
    command = ["-m", "tapscope", "host", "--config-fd", str(reader)]
    try:
        with open(writer, "wb") as pipe:  # small enough for the pipe's buffer
            pipe.write(config.to_json())
        subprocess.run(
            ["/bin/sh", "-c", '"$@" &', "sh", *python, *command],
            pass_fds=(reader, *config.inspector_fds, config.link_fd),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        raise LaunchError(f"the host can't be started: {error}") from error
    finally:
        os.close(reader)


def _found_by_working_directory() -> bool:
    """Whether another interpreter finds tapscope only because of where it is started."""
    package = __name__.partition(".")[0]
    root = os.path.dirname(sys.modules[package].__path__[0])  # links stay links
    try:
        return root == os.getcwd()  # compared as the import system wrote it
    except OSError:  # a working directory that was removed finds nothing
        return False


@contextlib.contextmanager
def _standard_descriptors_taken() -> Generator[None]:
    """Keep 0, 1 and 2 occupied: a socket there would be mistaken for a terminal by the host."""
    held: list[int] = []
    try:
        while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
            held.append(descriptor)
        os.close(descriptor)
        yield
    finally:
        for each in held:
            os.close(each)
