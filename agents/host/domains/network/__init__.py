"""The Network domain: exchanges as DevTools' Network panel shows them."""

from __future__ import annotations

from .domain import Network as Network
from .domain import NetworkFeed as NetworkFeed
from .translation import Translator as Translator
