"""What the tests of the bus share."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import settings

# A machine may be busy: how long an example takes says nothing.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

_numbers = itertools.count(1)


@pytest.fixture
def name() -> str:
    """A channel's name that nobody has used: channels live as long as the process."""
    return f"test.fresh{next(_numbers)}"
