"""Servers that fail, each in its own way, as their paths say."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"

_WORDS = {
    "reset": _HEAD + b"only so much",
    "reset_at_once": b"",
    "incomplete": _HEAD + b"only so much",
    "silent": b"",
    "garbage": b"SSH-2.0-nobody\r\n\r\n",
    "loop": b"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n",
    "stuck": b"",
    "stuck_in_body": _HEAD + b"only so much",
}


@contextmanager
def failing() -> Generator[str]:
    """Serve, one connection after another; gives the base of the URLs."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, over))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(listener: socket.socket, over: threading.Event) -> None:
    with ExitStack() as stack, contextlib.suppress(OSError):
        while not over.is_set():
            connection = listener.accept()[0]
            with contextlib.suppress(OSError):
                if not _answer(connection):
                    stack.enter_context(connection)


def _answer(connection: socket.socket) -> bool:
    """Fail, and say whether the connection is done with."""
    request = connection.recv(65536)
    kind = request.split()[1].decode()[1:] if request.startswith(b"GET /") else "silent"
    connection.sendall(_WORDS[kind])
    if kind.startswith("stuck"):
        return False
    if kind.startswith("reset"):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    return True


@contextmanager
def unanswering() -> Generator[str]:
    """Give a URL to which no connection can be opened, as nobody answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as stack:
        address = listener.getsockname()
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(address)
        yield f"http://127.0.0.1:{address[1]}/"
