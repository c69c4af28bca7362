"""Starting a host beside a program, so that the program has no child and no open door of it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Generator

from ..host.config import HostConfig
from .errors import LaunchError
from .launched import Launched
from .options import LaunchOptions
from .prepared import prepare

_STANDARD_ERROR = 2


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
