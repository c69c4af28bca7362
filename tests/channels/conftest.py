"""What the tests of the bus share."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tapscope.channels import SubscriberFailed
from tests.channels.reporting import hooked

_numbers = itertools.count(1)


@pytest.fixture
def name() -> str:
    """A channel's name that nobody has used: channels live as long as the process."""
    return f"test.fresh{next(_numbers)}"


@pytest.fixture
def reports() -> Iterator[list[SubscriberFailed]]:
    """What the hook is called with."""
    reported: list[SubscriberFailed] = []
    with hooked(reported.append):
        yield reported
