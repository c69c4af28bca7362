"""Replacing an attribute of somebody else's class or module, and putting it back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias, cast

import attrs

Undo: TypeAlias = Callable[[], None]
"""Takes back what an ``install`` did; a second call does nothing."""

_FOLDER = str(Path(__file__).parent)

_log = logging.getLogger("tapscope")
_patches: dict[tuple[int, str], _Patch] = {}
_reported: set[str] = set()


@attrs.define(eq=False)
class _Patch:
    """An attribute that is replaced as long as somebody uses that."""

    owner: Any
    name: str
    original: Any
    inherited: bool
    replacement: Any
    uses: int = 0

    def use(self) -> Undo:
        self.uses += 1
        over = False

        def undo() -> None:
            nonlocal over
            if not over:
                over = True
                self._leave()

        return undo

    def _leave(self) -> None:
        self.uses -= 1
        if not self.uses:
            del _patches[id(self.owner), self.name]
            self._put_back()

    def _put_back(self) -> None:
        # Somebody who patched after us holds our wrapper: taking it out from
        # under him would break his way back.
        if self._own() is not self.replacement:
            return
        if self.inherited:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, self.original)

    def _own(self) -> object:
        own = cast("Mapping[str, object]", vars(self.owner))
        return own.get(self.name)


def patch(owner: Any, name: str, wrap: Callable[[Any], Any]) -> Undo:
    """Replace ``owner.name`` by ``wrap(owner.name)``, once however often it is asked for.

    Returns:
        Takes this use back; the original is put back with the last one.
    """
    key = id(owner), name
    if key not in _patches:
        original = getattr(owner, name)
        replacement = wrap(original)
        _patches[key] = _Patch(owner, name, original, name not in vars(owner), replacement)
        setattr(owner, name, replacement)
    return _patches[key].use()


def undo_all(undos: list[Undo]) -> Undo:
    """Join *undos* into one, the last patch taken back first."""

    def undo() -> None:
        for each in reversed(undos):
            each()

    return undo


def hide_us(error: BaseException) -> None:
    """Take our frames out of the traceback of *error*, which the program then sees as its own.

    To be called where the error leaves us, with ``raise`` after it: that adds no frame.
    """
    kept: list[TracebackType] = []
    traceback = error.__traceback__
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith(_FOLDER):
            kept.append(traceback)
        traceback = traceback.tb_next
    for entry, following in pairwise(kept):
        entry.tb_next = following
    if kept:
        kept[-1].tb_next = None
    error.__traceback__ = kept[0] if kept else None


def report(where: str) -> None:
    """Log the error being handled, the first time it happens at *where*."""
    if where not in _reported:
        _reported.add(where)
        _log.exception("the integration of %s failed; the program is not affected", where)
