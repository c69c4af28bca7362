"""The Database domain: statements, connections and transactions of the programs."""

from __future__ import annotations

from .domain import Database as Database
