"""Plain data on the link: what a program's values were rendered to."""

from __future__ import annotations

from typing import Any

import msgpack

from .codec import LinkError

_FEW = 4096  # of what was cut, the whole values shall come out


def pack(value: object) -> bytes:
    """Pack ``None``, booleans, numbers, texts, bytes, lists, and mappings of texts to them.

    Raises:
        Exception: It is something else.
    """
    packed: bytes = msgpack.packb(value, unicode_errors="replace")
    return packed


# Any: plain data nests, and whoever asked knows its shape.
def unpack(data: bytes) -> list[Any]:
    """Give the values that were packed one after the other; what was cut at the end is left out.

    Raises:
        LinkError: This is no plain data.
    """
    # A few bytes can announce any number of items, and room is made for all of them.
    most = max(len(data), _FEW)
    unpacker = msgpack.Unpacker(
        max_buffer_size=0,
        max_array_len=most,
        max_map_len=most,
        max_ext_len=0,
        unicode_errors="replace",
        strict_map_key=True,
    )
    try:
        unpacker.feed(data)
        return list(unpacker)
    except Exception as error:
        raise LinkError(f"the link carried what is no plain data: {error!r}") from error
