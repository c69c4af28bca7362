"""Responses that came from a cache in the program, so that nothing below saw a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from ..channels.exchange import ClientExchange, Operation
from ..channels.http import Headers, client
from ._patch import hide_us, report

_PROTOCOLS = {10: "http/1.0", 11: "http/1.1", 20: "h2"}


@attrs.frozen
class Cached:
    """A response of a cache, whole.

    Attributes:
        version: As urllib3 has it: 11 for HTTP/1.1.
    """

    method: str
    url: str
    request_headers: Headers
    status: int
    reason: str
    version: int
    headers: Headers
    body: bytes

    def publish(self) -> None:
        """Publish the exchange that there would have been."""
        exchange = ClientExchange.start(self.method, self.url, self.request_headers)
        protocol = _PROTOCOLS.get(self.version, "http/1.1")
        head = (self.status, self.reason, protocol, self.headers)
        exchange.responded(*head, None, None, None, from_cache=True)
        exchange.received(self.body, 0)
        exchange.finish()


def watch_cache(
    original: Callable[..., Any], cached: Callable[[Any, Any], Cached | None], library: str
) -> Callable[..., Any]:
    """Give a method ``send(self, request, ...)`` that publishes what came from the cache.

    Args:
        cached: Gives what is to be published of a request and its response, if that is cached.
    """

    def send(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            if not client.start.has_subscribers:
                return original(self, request, *args, **kwargs)
            with Operation() as operation:
                before = operation.newest
                response = original(self, request, *args, **kwargs)
                # A cache that asked whether its answer still holds has a row already.
                if operation.newest == before:
                    _publish(cached, request, response, library)
        except BaseException as error:
            hide_us(error)
            raise
        return response

    return send


def _publish(
    cached: Callable[[Any, Any], Cached | None], request: Any, response: Any, library: str
) -> None:
    try:
        found = cached(request, response)
        if found is not None:
            found.publish()
    except Exception:
        report(library)
