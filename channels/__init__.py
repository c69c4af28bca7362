"""The bus: named channels, and the events that well-known channels carry.

Publishing costs one attribute read while nobody listens, and a listener can
never hurt the publisher.  Nothing here does I/O or starts a thread.
"""

from __future__ import annotations

import os as _os

from ._bounded import BoundedChannel as BoundedChannel
from ._bounded import bounded_channel as bounded_channel
from ._channel import Channel as Channel
from ._errors import ChannelError as ChannelError
from ._errors import LifecycleError as LifecycleError
from ._errors import TapscopeError as TapscopeError
from ._failures import ErrorHook as ErrorHook
from ._failures import SubscriberFailed as SubscriberFailed
from ._failures import on_subscriber_error as on_subscriber_error
from ._handlers import TraceHandlers as TraceHandlers
from ._lifecycle import Lifecycle as Lifecycle
from ._lifecycle import lifecycle as lifecycle
from ._lifecycle import observe_lifecycles as observe_lifecycles
from ._outcome import TraceContext as TraceContext
from ._registry import channel as channel
from ._registry import has_subscribers as has_subscribers
from ._registry import known_channels as known_channels
from ._registry import subscribe as subscribe
from ._registry import unsubscribe as unsubscribe
from ._stack import Stack as Stack
from ._stack import capture_stack as capture_stack
from ._subscription import Subscriber as Subscriber
from ._subscription import Subscription as Subscription
from ._subscription import SubscriptionGroup as SubscriptionGroup
from ._suppression import suppress as suppress
from ._suppression import suppressed as suppressed
from ._traces import tracing_channel as tracing_channel
from ._tracing import TracingChannel as TracingChannel

if _os.environ.get("TAPSCOPE_DEBUG", "") not in {"", "0"}:
    from .lifecycle_states import check_always as _check_always

    _check_always()
