"""The program's side: what happens is queued, encoded on a tick, and written to the link."""

from __future__ import annotations

from .tap import Tap as Tap
