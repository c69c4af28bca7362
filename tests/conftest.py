"""What every folder of tests may ask for."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests import protocol_json as description


@pytest.fixture(scope="session")
def protocol_json() -> dict[str, Any]:
    """The protocol's own description; where it can't be had the test is skipped, in CI it fails."""
    try:
        return description.load()
    except description.ProtocolJsonMissingError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
