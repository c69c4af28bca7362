"""Why no host could be started."""

from __future__ import annotations

from ...channels import TapscopeError


class LaunchError(TapscopeError):
    """No host could be started: this machine, or the address asked for, does not allow it."""


class PortInUse(LaunchError):  # named by situation
    """The inspector's port was asked for by number and somebody else listens on it."""
