"""The PythonNetwork domain: the requests that a program answers, for tools that want them apart."""

from __future__ import annotations

from .domain import PythonNetwork as PythonNetwork
