"""Saying something of a library without ever failing in it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec

from ._patch import hide_us, report

P = ParamSpec("P")


def tell(library: str, publish: Callable[P, object], /, *args: P.args, **kwargs: P.kwargs) -> None:
    """Call *publish*; an error there is none of the program's, and is logged."""
    try:
        publish(*args, **kwargs)
    except Exception:
        report(library)


def tell_after(
    library: str, publish: Callable[..., object]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Wrap functions so that *publish* gets the result of each call, and what it was called with.

    A call that raises is not told of.
    """

    def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                result = original(*args, **kwargs)
            except BaseException as error:
                hide_us(error)
                raise
            tell(library, publish, result, *args, **kwargs)
            return result

        return call

    return wrap
