"""Switches the agent that tells of outgoing HTTP requests: what DevTools' Network panel shows."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import final

from .program import program


@final
class Attachment(AbstractContextManager["Attachment"]):
    """What :func:`attach` gives; detaches with :meth:`detach` or at the end of a ``with``."""

    def detach(self) -> None:
        """Tell of requests no more; a second call does nothing."""
        detach()

    def __exit__(self, *error: object) -> None:
        self.detach()


def attach() -> Attachment:
    """Tell the host of this program of every outgoing HTTP request from now on.

    That is the host of ``tapscope run``, or the one that
    ``tapscope.agents.inspector.open()`` starts, before or after this.  A
    second call does nothing more.  For a library's requests to be heard its
    integration must be installed: ``tapscope.integrations.install()``.
    """
    program.attach()
    return Attachment()


def detach() -> None:
    """Tell of requests no more; what was told stays recorded.  A second call does nothing."""
    program.detach()
