"""What the inspector's tests share."""

from __future__ import annotations

import pytest
from trio.testing import MockClock


@pytest.fixture
def mock_clock() -> MockClock:
    """A clock for ``trio_test`` that jumps as soon as nothing happens on the sockets any more."""
    return MockClock(autojump_threshold=0.1)
