"""The bytes of all bodies and messages: in memory, then in a file if there is one, then nowhere."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Protocol

from ...link.messages import SocketFrame
from .body import Body
from .budget import Budget
from .exchange import Exchange
from .losses import Losses
from .socket_messages import SocketMessages
from .spill import Place, Spill


class Part(Protocol):
    """A body, or the messages of a socket."""

    kept: int
    held: int

    def move(self, spill: Spill) -> Place | None:
        """Move the oldest of what is in memory to a file; give where it is, if there is any."""
        ...

    def lose(self, place: Place, reason: str) -> None:
        """Let go of what is at *place* in the file, and of what makes no sense without it."""
        ...

    def drop(self, reason: str) -> None:
        """Let go of everything."""
        ...


class BodyStore:
    """Keeps bodies and messages within a budget; the oldest go first.

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
        self._moved: deque[tuple[Place, Part]] = deque()
        self._no_spill = ""
        self._newest: SocketMessages | None = None

    def keep(self, exchange: Exchange, body: Body, data: bytes | None, length: int) -> None:
        """Add the next piece to one of the bodies of *exchange*, and make room for it."""
        held, kept = body.held, body.kept
        body.add(data, length, self._budget.body_bytes)
        self._settle(body, held, kept, 0 if data is None else len(data))
        self._holds(exchange, body)

    def keep_message(self, exchange: Exchange, frame: SocketFrame) -> None:
        """Add the next frame to the messages of *exchange*, and make room for it."""
        messages = exchange.messages
        if messages is None:
            return
        if self._newest is not None and self._newest is not messages:
            # It may be kept no more, and would be in memory all the same.
            self._newest.newest = None
        self._newest = messages
        held, kept = messages.held, messages.kept
        messages.add(frame, self._budget.body_bytes)
        self._settle(messages, held, kept, len(frame.data))
        self._holds(exchange, messages)

    def drop(self, exchange: Exchange, reason: str) -> None:
        """Let go of what is kept of *exchange*."""
        self._holding.pop(exchange.key, None)
        for part in exchange.parts:
            held, kept = part.held, part.kept
            part.drop(reason)
            self._settle(part, held, kept)

    def limit(self, budget: Budget) -> None:
        """Keep to another *budget* from now on; its file has the size that it had."""
        self._budget = budget
        self._make_room()

    def _settle(self, part: Part, held: int, kept: int, came: int = 0) -> None:
        """Take note of what has changed of *part*, to which so many bytes *came*."""
        self.held += part.held - held
        lost = came + kept - part.kept
        if lost:
            self._losses.add(body_bytes=lost)

    def _holds(self, exchange: Exchange, part: Part) -> None:
        if part.held:
            self._holding[exchange.key] = exchange
            self._make_room()

    def _make_room(self) -> None:
        while self.held > self._budget.total_bytes:
            oldest = next(iter(self._holding.values()))
            if self._spill is None or not self._move(oldest, self._spill):
                self.drop(oldest, self._reason())

    def _reason(self) -> str:
        limit = f"the limit for all bodies is {self._budget.total_bytes:,} bytes"
        return f"{limit}, and {self._no_spill}" if self._no_spill else limit

    def _move(self, exchange: Exchange, spill: Spill) -> bool:
        """Move what is kept of *exchange* to the file; whether its memory is free now."""
        try:
            for part in exchange.parts:
                while (place := self._move_next(part, spill)) is not None:
                    self._moved.append((place, part))
                    self._forget_overwritten(spill)
        except OSError as error:
            self._no_spill = f"they can't be moved to a file: {error}"
            return False
        del self._holding[exchange.key]
        return True

    def _move_next(self, part: Part, spill: Spill) -> Place | None:
        held, kept = part.held, part.kept
        try:
            return part.move(spill)
        finally:
            self._settle(part, held, kept)

    def _forget_overwritten(self, spill: Spill) -> None:
        while self._moved and self._moved[0][0].begin < spill.oldest:
            place, part = self._moved.popleft()
            held, kept = part.held, part.kept
            part.lose(place, f"the limit for bodies in a file is {spill.capacity:,} bytes")
            self._settle(part, held, kept)
