"""What of a program's traffic nobody is to see, not even the host: rules, and what they do."""

from __future__ import annotations

from .paths import PathError as PathError
from .presets import CREDENTIALS as CREDENTIALS
from .presets import PERSONAL as PERSONAL
from .rules import Judge as Judge
from .rules import RedactionError as RedactionError
from .rules import Rules as Rules

__all__ = ["CREDENTIALS", "PERSONAL", "Judge", "PathError", "RedactionError", "Rules"]
