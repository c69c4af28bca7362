"""Logs, warns, and logs an exception while it answers a request."""

from __future__ import annotations

import logging
import os
import sys
import threading
import urllib.error
import urllib.request
import warnings
from typing import IO, TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(levelname)s %(message)s")
orders = logging.getLogger("shop.orders")


def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    path = environ["PATH_INFO"]
    try:
        find(path)
    except LookupError:
        orders.exception("no answer for %s", path)
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"nothing here"]


def find(path: str) -> str:
    raise LookupError(f"no shelf {path}")  # the cause


def talk() -> None:
    orders.debug("the smallest of %d", 3)
    orders.info("open for business")
    orders.warning("the %s is low", "ink")  # the line to be found
    logging.getLogger("shop.till").error("the till is stuck")
    warnings.warn("ink is old", DeprecationWarning, stacklevel=2)


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def get_stderr(self) -> IO[str]:
        return open(os.devnull, "w")


with open(os.devnull, "w") as sys.stderr, warnings.catch_warnings():
    warnings.simplefilter("always")
    talk()  # where it was called
sys.stderr = sys.__stderr__
server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()
try:
    urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/orders")
except urllib.error.HTTPError as error:
    error.close()
print("done", flush=True)
sys.stdin.read()
server.shutdown()
server.server_close()
