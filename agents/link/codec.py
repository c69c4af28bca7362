"""Bytes of the link to messages and back; sans-I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import attrs
import msgpack

from ...channels import TapscopeError
from .messages import MAGIC, MESSAGES, ConnectionInfo, Frame, Message, ResponseStarted, StackDefined

MAX_MESSAGE = 64 * 1024 * 1024
"""Bytes; a longer message is refused, so that a peer can't fill the memory."""


class LinkError(TapscopeError):
    """The peer of a link sent what no tapscope sends; it is to be closed."""


class Encoder:
    """Messages to bytes, for either side.

    The first bytes of a program are :data:`MAGIC`; this does not add them.
    """

    def __init__(self) -> None:
        # One result for each message: a message that can't be packed must not
        # take those before it along.
        self._packer = msgpack.Packer(unicode_errors="replace")
        self._packed: list[bytes] = []
        self._numbers = {kind: number for number, kind in enumerate(MESSAGES)}

    def add(self, number: int, *fields: object) -> None:
        """Append the message of class ``MESSAGES[number]`` that has these *fields*."""
        self._packed.append(self._packer.pack((number, *fields)))

    def add_message(self, message: Message) -> None:
        """Append *message*."""
        self.add(self._numbers[type(message)], *attrs.astuple(message))

    def take(self) -> bytes:
        """Give what was appended since the last call."""
        data = b"".join(self._packed)
        self._packed.clear()
        return data

    def encode(self, message: Message) -> bytes:
        """Give the bytes of one *message*, with all that was appended before it."""
        self.add_message(message)
        return self.take()


class Decoder:
    """Bytes to messages, for either side.

    Args:
        magic: Whether the peer has to begin with :data:`MAGIC`, as programs do.
    """

    def __init__(self, *, magic: bool) -> None:
        self._expected = MAGIC if magic else b""
        self._unpacker = msgpack.Unpacker(
            max_buffer_size=MAX_MESSAGE,
            unicode_errors="replace",
            use_list=False,
            strict_map_key=True,
        )

    def feed(self, data: bytes) -> Iterator[Message]:
        """Give every message that is whole by now; keep the rest.

        Raises:
            LinkError: The bytes are not of this link or this version.
        """
        data = self._without_magic(data)
        try:
            self._unpacker.feed(data)
            for array in self._unpacker:
                yield _message(array)
        except LinkError:
            raise
        except Exception as error:
            raise LinkError(f"the link carried what is not a message: {error!r}") from error

    def _without_magic(self, data: bytes) -> bytes:
        if not self._expected:
            return data
        count = min(len(data), len(self._expected))
        if data[:count] != self._expected[:count]:
            raise LinkError(f"expected {MAGIC!r}, got {data[:32]!r}: a stranger or another version")
        self._expected = self._expected[count:]
        return data[count:]


def _message(array: Sequence[Any]) -> Message:
    number: int = array[0]
    kind: Callable[..., Message] = MESSAGES[number]
    return _NESTED.get(kind, kind)(*array[1:])


def _stack_defined(id: int, frames: Sequence[Any]) -> StackDefined:  # noqa: A002  # the field's name
    return StackDefined(id, tuple(Frame(*frame) for frame in frames))


def _response_started(*fields: Any) -> ResponseStarted:
    built = list(fields)
    if built[6] is not None:
        built[6] = ConnectionInfo(*built[6])
    return ResponseStarted(*built)


_NESTED: dict[Callable[..., Message], Callable[..., Message]] = {
    StackDefined: _stack_defined,
    ResponseStarted: _response_started,
}

connection_fields = attrgetter(*(field.name for field in attrs.fields(ConnectionInfo)))
"""Give a connection's fields as the link carries them."""
