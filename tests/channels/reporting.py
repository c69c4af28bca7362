"""What is told of subscribers that fail."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from tapscope.channels import ErrorHook, on_subscriber_error


@contextlib.contextmanager
def hooked(hook: ErrorHook) -> Generator[None]:
    """Have *hook* told inside the ``with``, in place of who is told otherwise."""
    previous = on_subscriber_error(hook)
    try:
        yield
    finally:
        on_subscriber_error(previous)
