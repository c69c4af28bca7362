"""How much one front end wants to be given."""

from __future__ import annotations

import attrs

from ...api.target import Target
from ...protocol.errors import CommandError
from ...store.exchange import Exchange

# DevTools always says 250 MiB, also to a host that was told to keep more.
PLENTY = 250 * 1024 * 1024


@attrs.frozen
class Appetite:
    """What one front end gets at most, in bytes; ``None`` for all there is.

    It never makes the host keep more, nor takes anything from others.

    Attributes:
        total: Of all bodies, the newest first.
        body: Of one body: its first bytes.
    """

    total: int | None = None
    body: int | None = None

    def check(self, target: Target, exchange: Exchange) -> None:
        """Check that the bodies of *exchange* are among the newest that make up the total.

        Raises:
            CommandError: They are not.
        """
        newest = target.history(after=exchange.sequence - 1)
        if self.total is not None and sum(each.kept for each in newest) > self.total:
            raise CommandError(
                f"this front end asked for {self.total:,} bytes of the newest bodies "
                "(maxTotalBufferSize), and this one is older"
            )

    def cut(self, data: bytes) -> tuple[bytes, str]:
        """Give as much of the bytes of one body as is wanted, and a note if that is less."""
        if self.body is None or len(data) <= self.body:
            return data, ""
        note = (
            f"of {len(data):,} bytes that are kept this front end asked for "
            f"{self.body:,} (maxResourceBufferSize)"
        )
        return data[: self.body], note


def appetite(total: int | None, body: int | None) -> Appetite:
    """Give that of a front end that says so; what is negative counts as nothing.

    A total of :data:`PLENTY` or more counts as all there is.
    """
    if total is not None and total >= PLENTY:
        total = None
    return Appetite(*(None if size is None else max(size, 0) for size in (total, body)))
