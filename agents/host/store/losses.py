"""How much of what was recorded is not kept any more, for those who wonder where it is."""

from __future__ import annotations


class Losses:
    """Counts what the recorder lets go.

    Attributes:
        exchanges: How many were forgotten.
        body_bytes: How many bytes of bodies and messages came and are not kept, or not any more.
        news: Whether one of these has doubled since it was last told.
    """

    def __init__(self) -> None:
        self.exchanges: int = 0
        self.body_bytes: int = 0
        self.news: bool = False
        self._told = (0, 0)

    def add(self, *, exchanges: int = 0, body_bytes: int = 0) -> None:
        """Count more of them."""
        self.exchanges += exchanges
        self.body_bytes += body_bytes
        now, told = (self.exchanges, self.body_bytes), self._told
        self.news = any(
            count >= max(2 * before, 1) for count, before in zip(now, told, strict=True)
        )

    def tell(self) -> str:
        """Give what there is to tell, as a sentence."""
        self.news = False
        self._told = (self.exchanges, self.body_bytes)
        return (
            "more has happened than is kept, and the oldest goes first; so far let go: "
            f"{self.exchanges:,} exchanges, {self.body_bytes:,} bytes of bodies and messages"
        )
