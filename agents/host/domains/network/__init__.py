"""The Network domain: exchanges as DevTools' Network panel shows them."""

from __future__ import annotations

from .domain import Network as Network
