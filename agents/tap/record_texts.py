"""The texts of errors and of what a program logs, kept to a length."""

from __future__ import annotations

from types import TracebackType

_OURS = __file__.removesuffix("agents/tap/record_texts.py")

MAX_TEXT = 20_000
"""Characters of one text that the host is told."""


def cut(text: object, limit: int) -> str:
    """Give *text* with its beginning alone if it is longer than *limit* characters."""
    shown = str(text)
    if len(shown) <= limit:
        return shown
    return f"{shown[:limit]}\u2026 ({len(shown) - limit:,} characters more)"


def end_of(text: str, limit: int) -> str:
    """Give *text* with its end alone if it is longer than *limit* characters."""
    if len(text) <= limit:
        return text
    return f"({len(text) - limit:,} characters before this)\n{text[-limit:]}"


def traceback_text(error: BaseException, limit: int) -> str:
    """Give what Python prints of *error*; of a very long one its end, which tells most."""
    return _printed(error, error.__traceback__, limit)


def inner_traceback(error: BaseException, limit: int) -> str:
    """Give what Python prints of an *error* that tapscope passes on, without its own frames.

    It is empty if there are no others, as where all of it was in native code.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_OURS):
        trace = trace.tb_next
    return "" if trace is None else _printed(error, trace, limit)


def _printed(error: BaseException, trace: TracebackType | None, limit: int) -> str:
    from traceback import format_exception

    return end_of("".join(format_exception(type(error), error, trace)).rstrip("\n"), limit)
