"""The host's server: targets for front ends, a link for programs. The one place with trio."""

from __future__ import annotations

from .main import run as run
