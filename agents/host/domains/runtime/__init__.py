"""The Runtime domain: the processes, and what the Console shows."""

from __future__ import annotations

from .domain import Runtime as Runtime
