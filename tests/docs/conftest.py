"""What the tests of the documentation share with those of the command line."""

from __future__ import annotations

from tests.cli.conftest import start, temporary_folder

__all__ = ["start", "temporary_folder"]
