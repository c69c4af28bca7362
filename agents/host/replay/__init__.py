"""Serving a trace to front ends, as if the program that it is of were there."""

from __future__ import annotations

from .host import ReplayHost as ReplayHost
from .trace_file import TraceFile as TraceFile
