"""Bytes of the link to messages and back; sans-I/O."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import attrs
import msgpack

from ...channels import TapscopeError
from ...channels.http import Connection, Security
from .layout import NUMBERS, names_of
from .messages import (
    MAGIC,
    MESSAGES,
    ConnectionInfo,
    Frame,
    Message,
    RequestReceived,
    ResponseStarted,
    SecurityInfo,
    StackDefined,
)
from .shapes import make

MAX_MESSAGE = 64 * 1024 * 1024
"""Bytes; a longer message is refused, so that a peer can't fill the memory."""
MAX_ITEMS = 16_384
"""Of one list; a few bytes can announce any number, and room is made for all of them."""
_MAX_BUFFERED = 2 * MAX_MESSAGE  # a message, and what came with its last bytes


class LinkError(TapscopeError):
    """The peer of a link sent what no tapscope sends; it is to be closed."""


class Encoder:
    """Messages to bytes, for either side.

    The first bytes of a program are :data:`MAGIC`; this does not add them.

    Attributes:
        size: How many bytes wait to be taken.
    """

    def __init__(self) -> None:
        self.size: int = 0
        # One result for each message: a message that can't be packed must not
        # take those before it along.
        self._packer = msgpack.Packer(unicode_errors="replace")
        self._packed: list[bytes] = []

    def add(self, number: int, *fields: object) -> None:
        """Append the message of class ``MESSAGES[number]`` that has these *fields*.

        Raises:
            Exception: They can't be packed, or are too long together; nothing is appended.
        """
        packed = self._packer.pack((number, *fields))
        if len(packed) > MAX_MESSAGE:
            raise ValueError(f"a message may have {MAX_MESSAGE:,} bytes, not {len(packed):,}")
        self._packed.append(packed)
        self.size += len(packed)

    def add_message(self, message: Message) -> None:
        """Append *message*."""
        self.add(NUMBERS[type(message)], *attrs.astuple(message))

    def take(self) -> bytes:
        """Give what was appended since the last call."""
        data = b"".join(self._packed)
        self._packed.clear()
        self.size = 0
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
        # Bytes so far, and up to the last whole message.
        self._fed = self._whole = 0
        self._unpacker = msgpack.Unpacker(
            max_buffer_size=_MAX_BUFFERED,
            max_str_len=MAX_MESSAGE,
            max_bin_len=MAX_MESSAGE,
            max_array_len=MAX_ITEMS,
            max_map_len=0,
            max_ext_len=0,
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
        self._fed += len(data)
        try:
            self._unpacker.feed(data)
            for array in self._unpacker:
                self._whole = self._unpacker.tell()
                if array[0] < len(MESSAGES):
                    yield _message(array)
        except Exception as error:
            raise LinkError(f"the link carried what is not a message: {error!r}") from error
        if self._fed - self._whole > MAX_MESSAGE:
            raise LinkError(f"the link carried a message of more than {MAX_MESSAGE:,} bytes")

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
    fields = list(array[1:])
    if number < 0:
        raise LinkError(f"no message has the number {number}")
    kind: type[Message] = MESSAGES[number]
    if kind is StackDefined:
        fields[1] = tuple(make(Frame, frame) for frame in fields[1])
    elif kind in _CONNECTION:
        place = _CONNECTION[kind]
        if fields[place] is not None:
            fields[place] = _connection(fields[place])
    return make(kind, fields)


def _connection(fields: Sequence[Any]) -> ConnectionInfo:
    security = fields[_SECURITY] if len(fields) > _SECURITY else None
    if security is None:
        return make(ConnectionInfo, fields)
    return make(ConnectionInfo, (*fields[:_SECURITY], _security(security)))


@functools.lru_cache(maxsize=64)
def _security(fields: Sequence[Any]) -> SecurityInfo:
    """Make what is told with every exchange of a connection, and is to be kept once."""
    return make(SecurityInfo, fields)


_CONNECTION: dict[type[Message], int] = {ResponseStarted: 6, RequestReceived: 9}
"""Which field of a message is a connection."""

_SECURITY = names_of(ConnectionInfo).index("security")

_connection_fields: Callable[[Connection], tuple[Any, ...]]
_connection_fields = attrgetter(*names_of(ConnectionInfo))
_security_fields: Callable[[Security], tuple[Any, ...]]
_security_fields = attrgetter(*names_of(SecurityInfo))


def connection_fields(connection: Connection) -> tuple[Any, ...]:
    """Give a connection's fields as the link carries them."""
    fields = _connection_fields(connection)
    if connection.security is None:
        return fields
    return (*fields[:_SECURITY], _security_fields(connection.security))
