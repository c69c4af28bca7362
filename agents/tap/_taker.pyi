from collections.abc import Callable
from typing import Any

class Taker:
    def __init__(
        self,
        queue: object,
        take: Callable[[Any, str], object],
        number: int,
        event: tuple[type, tuple[str, ...]],
        stack: int,
        length: int,
        connection: tuple[type, tuple[str, ...]],
        security: tuple[type, tuple[str, ...]],
        encoder: type,
        stacks: type,
        /,
    ) -> None: ...
    def take(self, event: object, channel: str, /) -> object: ...
