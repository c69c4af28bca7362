"""The standard library's ``warnings``: each that is about to be shown on standard error.

Not those that a program records, turns into errors or shows in a way of its
own.  Those that ``logging.captureWarnings`` redirects are records of logging.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..channels import clock
from ..channels._identity import current_exchange, thread_name
from ..channels.log import RecordLogged, records, stack_at
from ._patch import Undo, hide_us, patch
from ._telling import tell

LOGGER = "py.warnings"
"""What ``logging.captureWarnings`` calls it, too."""


def hook(library: str = "warnings") -> Undo:
    """Hook the showing of warnings."""
    # The last step before one is written, which no catch_warnings() replaces or puts back.
    return patch(import_module(library), "_formatwarnmsg", _wrap)


install = hook
"""Stands on nothing else."""


def _wrap(original: Callable[[Any], str]) -> Callable[[Any], str]:
    @functools.wraps(original)
    def formatted(msg: Any) -> str:
        if records.has_subscribers:
            tell("warnings", _publish, msg)
        try:
            return original(msg)
        except BaseException as error:
            hide_us(error)
            raise

    return formatted


def _publish(msg: Any) -> None:
    records.publish(
        RecordLogged(
            clock.now(),
            logging.WARNING,
            "WARNING",
            LOGGER,
            f"{msg.category.__name__}: {msg.message}",
            stack_at(msg.filename, msg.lineno),
            thread_name(),
            None,
            current_exchange.get(),
        )
    )
