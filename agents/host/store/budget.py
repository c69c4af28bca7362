"""How much a host keeps."""

from __future__ import annotations

import attrs

from ...link.messages import Limits


@attrs.frozen
class Budget:
    """How much the host keeps.

    Attributes:
        exchanges: How many; the oldest is forgotten for a new one.
        total_bytes: Of all bodies and messages in memory; the oldest go first.
        body_bytes: Of one body, of which the first bytes are kept; of the messages of one
            WebSocket, of which the newest are.
        head_bytes: Of all else, about; the oldest exchanges are forgotten for new ones.
        spill_bytes: Of those in a file, where they go that memory has no room for.
    """

    exchanges: int = 10_000
    total_bytes: int = 100_000_000
    body_bytes: int = 5_000_000
    head_bytes: int = 50_000_000
    spill_bytes: int = 0

    def limited(self, limits: Limits) -> Budget:
        """Give this budget with what *limits* say in place of its own."""
        exchanges, total, body = limits.exchanges, limits.total_bytes, limits.body_bytes
        return attrs.evolve(
            self,
            exchanges=self.exchanges if exchanges is None else max(exchanges, 1),
            total_bytes=self.total_bytes if total is None else max(total, 0),
            body_bytes=self.body_bytes if body is None else max(body, 0),
        )
