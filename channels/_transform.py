from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from . import clock
from ._failures import SubscriberFailed, report


@attrs.define(eq=False)
class Transformer:
    """Somebody else's function that makes a message or a value, kept from hurting."""

    channel: str
    transform: Callable[..., Any]
    failures: int = 0

    def __call__(self, /, *args: object, **kwargs: object) -> list[Any]:
        """Give what it makes as a list of one; of none if it fails, which is reported."""
        try:
            made = [self.transform(*args, **kwargs)]
        except Exception as error:
            self.failures += 1
            failure = SubscriberFailed(
                clock.now(), self.channel, self.transform, error, self.failures, 0
            )
            report(failure)
            return []
        self.failures = 0
        return made
