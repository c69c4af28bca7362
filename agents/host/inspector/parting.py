"""Closing a connection so that the peer still gets what it was told last."""

from __future__ import annotations

import trio

PATIENCE = 1.0
"""Seconds that a peer gets to close its side."""


async def hang_up(stream: trio.SocketStream) -> None:
    """Close *stream*, which may be broken or closed already.

    A socket closed with unread input resets the connection, and a reset makes the peer drop
    what it has not read yet: the very answer that said why. So what comes is read away, for
    ``PATIENCE`` seconds at most.
    """
    try:
        with trio.move_on_after(PATIENCE):
            await stream.send_eof()
            while await stream.receive_some():
                pass
    except (trio.BrokenResourceError, trio.ClosedResourceError):
        pass
    finally:
        await stream.aclose()
