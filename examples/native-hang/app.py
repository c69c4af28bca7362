"""A print shop: takes orders and has a native engine print them.  It freezes."""

from __future__ import annotations

import threading
import time
from typing import TypedDict

import backend


class Order(TypedDict):
    """What a customer wants printed."""

    title: str
    text: str
    columns: int


ORDERS: list[Order] = [
    {"title": "menu", "text": "soup fish cake", "columns": 1},
    {"title": "leaflet", "text": "come and see " * 50, "columns": 2},
    {"title": "paper", "text": "news and more news " * 500, "columns": 4},
    {"title": "poster", "text": "tonight", "columns": 0},
    {"title": "card", "text": "with love", "columns": 1},
]


def print_order(order: Order) -> bytes:
    """Give the printed page."""
    words = backend.js__parse(order["text"])
    columns = backend.js__layout(words, columns=order["columns"])
    return backend.js__render(columns, show_progress)


def show_progress(_percent: int) -> None:
    """Show the customer how far it is."""


def tick() -> None:
    """Show that the shop is alive."""
    while True:
        time.sleep(1)
        print("open", flush=True)


threading.Thread(target=tick, daemon=True).start()
for order in ORDERS:
    page = print_order(order)
    print(f"printed the {order['title']}: {len(page)} bytes", flush=True)
    time.sleep(0.5)
