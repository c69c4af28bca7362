"""What the tests of the bus share."""

from __future__ import annotations

import itertools

import pytest

_numbers = itertools.count(1)


@pytest.fixture
def name() -> str:
    """A channel's name that nobody has used: channels live as long as the process."""
    return f"test.fresh{next(_numbers)}"
