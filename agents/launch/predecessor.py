"""The host of an earlier run of the same command, which stays as long as it is looked at."""

from __future__ import annotations

import socket

PATIENCE = 1.0
"""Seconds that it gets to answer; whatever listens there may be somebody else."""

_YES = b"Target is closing"


def ask_to_leave(host: str, port: int, id: str) -> bool:  # noqa: A002  # the field's word
    """Have the host with this *id* end, if all its programs have; whether it does, or has."""
    request = f"GET /json/close/{id} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answer = b""
    try:
        with socket.create_connection((host, port), timeout=PATIENCE) as connection:
            connection.sendall(request.encode("ascii"))
            while len(answer) < 1000 and (data := connection.recv(1000)):
                answer += data
    except ConnectionError:
        return not answer
    except OSError:
        return False
    return not answer or _YES in answer
