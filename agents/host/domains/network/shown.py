"""What domains show of their exchanges."""

from __future__ import annotations

import functools
from collections.abc import Callable

import attrs

from ...api.domain import Domain
from ...api.rows import Row, default_row
from ...api.target import Target
from ...store.exchange import Exchange

NETWORK = "Network"
"""In whose name rows are made that no domain has made."""


def row_of(target: Target, exchange: Exchange) -> Row | None:
    """Give the row that the domain of *exchange* makes of it; ``None`` if it is not shown.

    Where the domain fails to, that is told, and the default mapping holds.
    """
    owner = target.owner(exchange.lifecycle)
    if owner is None:
        return None
    made = target.guard.call(owner.name, _maker(owner), exchange)  # type: ignore[arg-type]  # mypy hashes instances
    # The guard may have switched the domain off, and all that is called in its name.
    return made.row if made else target.guard.call(NETWORK, default_row, exchange)


@attrs.frozen
class _Made:
    """Tells that a domain has said there is no row from that it has failed."""

    row: Row | None


@functools.lru_cache(maxsize=256)
def _maker(owner: type[Domain]) -> Callable[[Exchange], _Made]:
    """Give what calls ``owner.row`` in its name."""

    @functools.wraps(owner.row)
    def row(exchange: Exchange) -> _Made:
        row = owner.row(exchange)
        if row is not None and not isinstance(row, Row):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"it gave {row!r:.100}, which is no Row")
        return _Made(row)

    return row
