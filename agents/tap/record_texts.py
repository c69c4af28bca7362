"""The texts of what a program logs, kept to a length."""

from __future__ import annotations

from collections.abc import Callable

MAX_TEXT = 20_000
"""Characters of one message, and of one traceback."""


def cut(text: object, limit: int) -> str:
    """Give *text* with its beginning alone if it is longer than *limit* characters."""
    shown = str(text)
    if len(shown) <= limit:
        return shown
    return f"{shown[:limit]}\u2026 ({len(shown) - limit:,} characters more)"


def traceback_text(error: BaseException, shown_as: Callable[[str], str] = str) -> str:
    """Give what Python prints of *error*; of a very long one its end, which tells most.

    Before it is cut it is given to *shown_as*, and what that gives is taken.
    """
    from traceback import format_exception

    shown = shown_as("".join(format_exception(error)).rstrip("\n"))
    if len(shown) <= MAX_TEXT:
        return shown
    return f"({len(shown) - MAX_TEXT:,} characters before this)\n{shown[-MAX_TEXT:]}"
