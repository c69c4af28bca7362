from __future__ import annotations


class TapscopeError(Exception):
    """The root of every error that tapscope raises on purpose."""


class ChannelError(TapscopeError):
    """A channel was used in a way it does not allow; the caller is at fault."""


class LifecycleError(TapscopeError):
    """Exchanges were published out of order; the publisher is at fault."""
