"""A front end without a screen: attaches to an inspector and reads all it is sent.

It asks for what DevTools asks for.  Its own WebSocket reader is as small as it
can be, so that on a machine of few cores it takes less from the program that is
measured than a browser would leave to others.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import orjson

_TEXT, _CLOSE = 1, 8
_SMALL, _MEDIUM = 126, 127
PATIENCE = 3.0
"""Seconds without any news after which nothing more is expected."""


class FrontEnd:
    """One attached front end.

    Attributes:
        seen: How many notifications there were of each method.
        requests: The request ids, in order.
        warnings: What the Console was told.
    """

    def __init__(self, url: str) -> None:
        self.seen: Counter[str] = Counter()
        self.requests: list[str] = []
        self.warnings: list[str] = []
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._last_id = 0
        address = urlsplit(url)
        assert address.hostname
        assert address.port
        self._socket = socket.create_connection((address.hostname, address.port))
        self._socket.sendall(_handshake(address.netloc, address.path))
        self._stream = self._socket.makefile("rb", 1 << 18)
        while self._stream.readline() not in {b"\r\n", b""}:
            pass
        threading.Thread(target=self._read, daemon=True).start()

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Give a command and return its answer, with a result or an error."""
        self._last_id += 1
        text = json.dumps({"id": self._last_id, "method": method, "params": params})
        self._socket.sendall(_client_frame(text.encode()))
        return self._answers.get()

    def wait_for(self, requests: int) -> None:
        """Return when so many requests have been seen to their end, or nothing comes any more."""
        finished, until = self.finished, time.monotonic() + PATIENCE
        while finished < requests and time.monotonic() < until:
            time.sleep(0.002)
            if finished != self.finished:
                finished, until = self.finished, time.monotonic() + PATIENCE

    @property
    def finished(self) -> int:
        """How many requests have been seen to their end."""
        return self.seen["Network.loadingFinished"] + self.seen["Network.loadingFailed"]

    def body(self, request: str) -> bytes | None:
        """Give the body of a response, if the host has kept it."""
        result = self.call("Network.getResponseBody", requestId=request).get("result")
        if result is None:
            return None
        text: str = result["body"]
        return base64.b64decode(text) if result["base64Encoded"] else text.encode()

    def _read(self) -> None:
        for payload in self._frames():
            message = orjson.loads(payload)
            method = message.get("method")
            if method is None:
                self._answers.put(message)
                continue
            self.seen[method] += 1
            if method == "Network.requestWillBeSent":
                self.requests.append(message["params"]["requestId"])
            elif method == "Runtime.consoleAPICalled":
                self.warnings.append(message["params"]["args"][0]["value"])

    def _frames(self) -> Iterator[bytes]:
        while len(head := self._stream.read(2)) == 2:
            length = head[1]
            if length >= _SMALL:
                length = int.from_bytes(self._stream.read(2 if length < _MEDIUM else 8))
            payload = self._stream.read(length)
            if head[0] & 15 == _CLOSE:
                return
            if head[0] & 15 == _TEXT:
                yield payload


def _handshake(host: str, path: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def _client_frame(payload: bytes) -> bytes:
    length = len(payload)
    assert length < 1 << 16
    mask = os.urandom(4)
    head = bytes([0x81, 0x80 | length]) if length < _SMALL else b"\x81\xfe" + length.to_bytes(2)
    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return head + mask + masked


def main(url: str) -> None:
    """Attach, and answer each line of JSON on standard input with one of the same."""
    front_end = FrontEnd(url)
    for domain in ("Runtime", "Debugger", "Network"):
        front_end.call(f"{domain}.enable")
    _answer({"attached": True})
    for line in sys.stdin:
        asked = json.loads(line)
        front_end.wait_for(asked["finished"])
        newest = front_end.requests[-asked["bodies"] :] if asked["bodies"] else []
        bodies = [front_end.body(request) for request in newest]
        _answer(
            {
                "seen": front_end.seen["Network.requestWillBeSent"],
                "finished": front_end.finished,
                "warnings": front_end.warnings,
                "bodies": [len(body) for body in bodies if body is not None],
            }
        )


def _answer(answer: dict[str, object]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
