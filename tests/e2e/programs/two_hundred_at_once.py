"""Answers two hundred requests at once, half of them for the same URL; each says its number."""

import asyncio
import sys

from print_shop import PrintShop  # type: ignore[import-not-found]  # found beside this script

from tapscope import agents
from tapscope.channels import lifecycle
from tapscope.channels.exchange import ClientExchange
from tapscope.channels.serving import ServerExchange

agents.register(PrintShop)
invoices = lifecycle("print_shop.invoice")
REQUESTS = 200


async def main() -> None:
    everybody = asyncio.Barrier(REQUESTS)
    await asyncio.gather(*[answer(number, everybody) for number in range(REQUESTS)])


async def answer(number: int, everybody: asyncio.Barrier) -> None:
    path = "orders" if number % 2 else f"orders/{number}"
    head = [("Host", "shop"), ("X-Label", str(number))]
    exchange = ServerExchange.start("GET", f"http://shop/{path}", head, "http/1.1")
    assert exchange
    exchange.enter()
    await everybody.wait()
    with invoices.exchange(f"invoice {number}"):
        await everybody.wait()
        ask(number)
    await asyncio.create_task(copy(number, everybody))
    await asyncio.to_thread(post, number)
    exchange.responded(200, "OK", [("Content-Type", "text/plain")])
    exchange.sent(str(number).encode())
    exchange.finish()
    exchange.leave()


def ask(number: int) -> None:
    exchange = ClientExchange.start("GET", "http://stock/items", [("X-Label", str(number))])
    exchange.responded(200, "OK", "http/1.1", [], None, None, None)
    exchange.finish()


async def copy(number: int, everybody: asyncio.Barrier) -> None:
    await everybody.wait()
    with invoices.exchange(f"copy {number}"):
        pass


def post(number: int) -> None:
    with invoices.exchange(f"letter {number}"):
        pass


asyncio.run(main())
print("done", flush=True)
sys.stdin.read()
