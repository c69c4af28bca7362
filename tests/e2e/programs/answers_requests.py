"""A WSGI application on the standard library's server, which asks others itself.

Its arguments are the port that it listens on, and whom it asks.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import urllib.request
from typing import IO, TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

from print_shop import PrintShop  # type: ignore[import-not-found]  # found beside this script

from tapscope import agents
from tapscope.channels import lifecycle

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

agents.register(PrintShop)
invoices = lifecycle("print_shop.invoice")
port, origin = int(sys.argv[1]), sys.argv[2]


def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    path = environ["PATH_INFO"]
    if path == "/broken":
        raise LookupError("no such shelf")
    if path == "/old":
        start_response("302 Found", [("Location", "/new")])
        return [b""]
    order = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    person = ask(f"{origin}/record?for={order['item']}")
    with invoices.exchange(f"invoice for {order['item']}", order):
        answer = json.dumps({"item": order["item"], "for": person["name"]}).encode()
    start_response("201 Created", [("Content-Type", "application/json"), ("X-Shelf", "7")])
    return [answer]


def ask(url: str) -> dict[str, str]:
    with urllib.request.urlopen(url) as response:  # the call to be found
        record: dict[str, str] = json.load(response)
        return record


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def get_stderr(self) -> IO[str]:
        return open(os.devnull, "w")


server = make_server("127.0.0.1", port, application, handler_class=Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("done", flush=True)
sys.stdin.read()
server.shutdown()
