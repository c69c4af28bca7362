"""What the demonstration's clients ask for, one line a kind of exchange."""

from __future__ import annotations

import socket

import attrs


@attrs.frozen
class Exchange:
    """A request to make.

    Attributes:
        url: Absolute.
        form: What to post, as name and value; without it the request is a GET.
        headers: Sent as they are, beside those of the client.
    """

    url: str
    form: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def method(self) -> str:
        """POST if there is something to post."""
        return "POST" if self.form else "GET"


def exchanges(server: str) -> list[Exchange]:
    """Give one round of requests, all but one of them to *server*."""
    return [
        Exchange(f"{server}/"),
        Exchange(f"{server}/people.json?sort=name&limit=3"),
        Exchange(f"{server}/moved"),
        Exchange(f"{server}/missing"),
        Exchange(f"{server}/people", form=(("name", "Emmy"), ("field", "algebra & rings"))),
        Exchange(f"{server}/picture.png"),
        Exchange(f"{server}/packed.json", headers=(("Accept-Encoding", "gzip"),)),
        Exchange(f"{server}/stream"),
        Exchange(f"{_refusing()}/nobody-is-here"),
        Exchange(f"{server}/large.txt"),
        Exchange(f"{server}/slow"),
    ]


_held: list[socket.socket] = []


def _refusing() -> str:
    """An address where connections are refused: its port is taken, so that nobody may listen."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    _held.append(holder)
    return f"http://127.0.0.1:{holder.getsockname()[1]}"
