"""The bus: named channels, and the events that well-known channels carry.

Publishing costs one attribute read while nobody listens, and a listener can
never hurt the publisher.  Nothing here does I/O or starts a thread.
"""

from __future__ import annotations

from ._channel import Channel as Channel
from ._channel import Subscriber as Subscriber
from ._channel import Subscription as Subscription
from ._errors import ChannelError as ChannelError
from ._errors import TapscopeError as TapscopeError
from ._lifecycle import Lifecycle as Lifecycle
from ._lifecycle import lifecycle as lifecycle
from ._registry import channel as channel
from ._registry import has_subscribers as has_subscribers
from ._registry import subscribe as subscribe
from ._registry import unsubscribe as unsubscribe
from ._stack import Stack as Stack
from ._stack import capture_stack as capture_stack
