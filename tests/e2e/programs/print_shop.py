"""A domain that says nothing of how its exchanges look."""

from typing import ClassVar

from tapscope.agents.domains import Domain


class PrintShop(Domain):
    """What a shop prints."""

    name: ClassVar[str] = "PrintShop"
    lifecycles: ClassVar[tuple[str, ...]] = ("print_shop.invoice",)
