"""Work of several kinds; the last goes on with each line of stdin."""

import asyncio
import sys
from contextlib import suppress

from press import Press  # type: ignore[import-not-found]  # found beside this script
from print_shop import PrintShop  # type: ignore[import-not-found]  # found beside this script

from tapscope import agents
from tapscope.channels import lifecycle

agents.register(PrintShop)
agents.register(Press)
invoices = lifecycle("print_shop.invoice")
sheets = lifecycle("press.sheet")


def press(name: str, *lines: str, result: str | None = None) -> None:
    with sheets.exchange(name) as sheet:  # the call to be found
        for line in lines:
            sheet.body_chunk(line)
        sheet.finish(result)


def invoice() -> None:
    with invoices.exchange("invoice for a/b #7", {"items": [1, 2]}) as exchange:
        exchange.headers({"pages": 2})
        exchange.finish({"total": 12})


def fail() -> None:
    with invoices.exchange("invoice for nobody") as exchange:
        exchange.headers({"pages": 0})
        raise LookupError("nobody is not known")


async def cancel() -> None:
    with invoices.exchange("invoice for never"):
        raise asyncio.CancelledError


press("plain", "one", "two")
press("smudged", "one", result="smudged")
with sheets.exchange("secret"):
    press("under-secret")
press("jam", "one")
invoice()
with suppress(LookupError):
    fail()
with suppress(asyncio.CancelledError):
    asyncio.run(cancel())
slow = sheets.exchange("slow")
slow.start()
slow.body_chunk("line 0")
print("done", flush=True)
for line in sys.stdin:
    if line == "smudge\n":
        press("smudged later", result="smudged")
    else:
        slow.body_chunk(line.strip())
slow.finish()
