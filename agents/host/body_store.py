"""The bytes of all bodies: in memory, then in a file if there is one, then nowhere."""

from __future__ import annotations

from collections import OrderedDict, deque

from ..link.messages import SocketFrame
from .body import Body
from .budget import Budget
from .exchange import Exchange
from .losses import Losses
from .spill import Place, Spill


class BodyStore:
    """Keeps bodies within a budget; the oldest go first.

    Attributes:
        held: How many bytes are in memory.
    """

    def __init__(self, budget: Budget, losses: Losses) -> None:
        self.held: int = 0
        self._budget = budget
        self._losses = losses
        self._spill = Spill(budget.spill_bytes) if budget.spill_bytes else None
        # Those that hold any bytes in memory, in the order of their first.
        self._holding: OrderedDict[tuple[int, int], Exchange] = OrderedDict()
        self._moved: deque[tuple[Place, Body]] = deque()
        self._no_spill = ""

    def keep(self, exchange: Exchange, body: Body, data: bytes | None, length: int) -> None:
        """Add the next piece to one of the bodies of *exchange*, and make room for it."""
        added = body.add(data, length, self._budget.body_bytes)
        if data is not None and added < len(data):
            self._losses.add(body_bytes=len(data) - added)
        self._count(exchange, added)

    def keep_message(self, exchange: Exchange, frame: SocketFrame) -> None:
        """Add the next frame to the messages of *exchange*, and make room for it."""
        if exchange.messages is not None:
            self._count(exchange, exchange.messages.add(frame, self._budget.body_bytes))

    def drop(self, exchange: Exchange, reason: str) -> None:
        """Let go of the bodies of *exchange*."""
        self._holding.pop(exchange.key, None)
        self.held -= exchange.request_body.drop(reason) + exchange.response_body.drop(reason)
        if exchange.messages is not None:
            self.held -= exchange.messages.drop(reason)

    def limit(self, budget: Budget) -> None:
        """Keep to another *budget* from now on; its file has the size that it had."""
        self._budget = budget
        self._make_room()

    def _count(self, exchange: Exchange, added: int) -> None:
        if added:
            self._holding[exchange.key] = exchange
            self.held += added
            self._make_room()

    def _make_room(self) -> None:
        while self.held > self._budget.total_bytes:
            oldest = next(iter(self._holding.values()))
            if self._spill is None or not self._move(oldest, self._spill):
                self._losses.add(body_bytes=oldest.kept)
                self.drop(oldest, self._reason())

    def _reason(self) -> str:
        limit = f"the limit for all bodies is {self._budget.total_bytes:,} bytes"
        return f"{limit}, and {self._no_spill}" if self._no_spill else limit

    def _move(self, exchange: Exchange, spill: Spill) -> bool:
        """Move the bodies of *exchange* to the file; whether its memory is free now."""
        if exchange.messages is not None:
            return False
        try:
            for body in (exchange.request_body, exchange.response_body):
                held = body.held
                if (place := body.move(spill)) is not None:
                    self.held -= held
                    self._moved.append((place, body))
                    self._forget_overwritten(spill)
        except OSError as error:
            self._no_spill = f"they can't be moved to a file: {error}"
            return False
        del self._holding[exchange.key]
        return True

    def _forget_overwritten(self, spill: Spill) -> None:
        while self._moved and self._moved[0][0].begin < spill.oldest:
            place, body = self._moved.popleft()
            if body.has(place):
                self._losses.add(body_bytes=body.kept)
                reason = f"the limit for bodies in a file is {spill.capacity:,} bytes"
                self.held -= body.drop(reason)
