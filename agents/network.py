"""Switches the agent that tells of outgoing HTTP requests: what DevTools' Network panel shows."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, final

from .link.messages import Limits
from .program import program

if TYPE_CHECKING:
    from .redaction import Rules


@final
class Attachment(AbstractContextManager["Attachment"]):
    """What :func:`attach` gives; detaches with :meth:`detach` or at the end of a ``with``."""

    def detach(self) -> None:
        """Tell of requests no more; a second call does nothing."""
        detach()

    def __exit__(self, *error: object) -> None:
        self.detach()


def attach(
    *,
    max_total: int | None = None,
    max_body: int | None = None,
    max_exchanges: int | None = None,
    redact: Rules | None = None,
) -> Attachment:
    """Tell the host of this program of every outgoing HTTP request from now on.

    That is the host of ``tapscope run``, or the one that
    ``tapscope.agents.inspector.open()`` starts, before or after this.  A
    second call changes nothing but the sizes, and adds to what is redacted.  For
    a library's requests to be heard its integration must be installed:
    ``tapscope.integrations.install()``.

    The sizes say how much the host keeps, for all its programs; the last one that
    says anything counts, and what was said on the command line counts more.

    Args:
        max_total: Bytes of all bodies together, by default 100,000,000.
        max_body: Bytes of one body, by default 5,000,000.
        max_exchanges: How many exchanges, by default 10,000.
        redact: What no host is told; by default everything is told.

    Raises:
        ValueError: One of them is negative, or no exchange would be kept.
    """
    for size, least in ((max_total, 0), (max_body, 0), (max_exchanges, 1)):
        if size is not None and size < least:
            raise ValueError(f"a host can't keep {size:,}: {least} is the least")
    limits = Limits(max_total, max_body, max_exchanges)
    if limits != Limits():
        program.limit(limits)
    if redact is not None:
        program.redact(redact)
    program.attach()
    return Attachment()


def redact(rules: Rules) -> None:
    """Tell no host what *rules* hide, beside what earlier calls have named, from now on.

    It need not be attached yet.
    """
    program.redact(rules)


def detach() -> None:
    """Tell of requests no more; what was told stays recorded.  A second call does nothing."""
    program.detach()
