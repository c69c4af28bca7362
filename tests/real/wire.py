"""A WebSocket for very many messages: frames are made and taken apart by hand."""

from __future__ import annotations

import base64
import os
import socket
import struct
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

_FINAL_TEXT, _MASKED = 0x81, 0x80
_NO_MASK = bytes(4)  # a mask of zeros leaves the payload as it is


class Wire:
    """One front end; a thread may send while another one receives.

    Args:
        url: A ``ws://`` address.
        timeout: Seconds that one read may take.
    """

    def __init__(self, url: str, timeout: float = 60) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 0), timeout)
        self._file = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
            .encode()
        )  # fmt: skip
        assert b" 101 " in self._file.readline()
        while self._file.readline().strip():
            pass

    def send(self, messages: Iterable[bytes]) -> None:
        """Send texts, as many at once as the kernel takes."""
        self._socket.sendall(b"".join(_header(len(text)) + _NO_MASK + text for text in messages))

    def receive(self) -> Iterator[bytes]:
        """Give every text that comes, to the end of the connection."""
        while len(head := self._file.read(2)) == 2:
            length = head[1]
            if length == 126:
                [length] = struct.unpack("!H", self._file.read(2))
            elif length == 127:
                [length] = struct.unpack("!Q", self._file.read(8))
            payload = self._file.read(length)
            if head[0] == _FINAL_TEXT:
                yield payload

    def close(self) -> None:
        """End the connection."""
        self._file.close()
        self._socket.close()


def _header(length: int) -> bytes:
    if length < 126:
        return bytes((_FINAL_TEXT, _MASKED | length))
    if length < 65536:
        return struct.pack("!BBH", _FINAL_TEXT, _MASKED | 126, length)
    return struct.pack("!BBQ", _FINAL_TEXT, _MASKED | 127, length)
