"""The Native domain: calls of native code, while they go on and after."""

from __future__ import annotations

from .domain import Native as Native
