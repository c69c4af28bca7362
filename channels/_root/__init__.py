"""tapscope: what a Python process does, live in Chrome DevTools.

The package itself is the bus: ``tapscope.channels`` is cheap to import and is
all that a library needs in order to publish.
"""

from __future__ import annotations

from tapscope.channels import TapscopeError as TapscopeError
from tapscope.channels import channel as channel
from tapscope.channels import has_subscribers as has_subscribers
from tapscope.channels import lifecycle as lifecycle
from tapscope.channels import subscribe as subscribe
from tapscope.channels import unsubscribe as unsubscribe

__version__ = "0.1.0"
