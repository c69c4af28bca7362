"""Channels fed by signals of blinker, such as Flask's.

The other direction needs nothing: ``channel(name).signal`` is a
``blinker.Signal`` to connect to and to send through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from blinker import ANY, Signal

from ._channel import Channel
from ._receiver import SignalSent
from ._subscription import Subscription
from ._transform import Transformer

__all__ = ["SignalSent", "feed"]


def feed(
    channel: Channel[Any],
    signal: Signal,
    transform: Callable[[Any, Mapping[str, Any]], Any] = SignalSent,
    sender: object = ANY,
) -> Subscription:
    """Publish to *channel* whatever is sent through *signal*, until that is closed.

    The signal is connected to only while somebody listens to the channel, so
    that an idle feed costs the senders nothing.

    Args:
        transform: Makes the message, as ``transform(sender, arguments)``; by
            default a :class:`SignalSent`.  If it raises, there is no message.
        sender: Whose sendings alone; by default everybody's.
    """
    make = Transformer(channel.name, transform)

    def receive(sent_by: object, /, **arguments: Any) -> None:
        for message in make(sent_by, arguments):
            channel.publish(message)

    def follow() -> None:
        if channel.has_subscribers:
            signal.connect(receive, sender=sender, weak=False)
        else:
            signal.disconnect(receive)

    watching = channel.watch_activity(follow)
    follow()

    def stop() -> None:
        watching.close()
        signal.disconnect(receive)

    return Subscription(receive, stop)
