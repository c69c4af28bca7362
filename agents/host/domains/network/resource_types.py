"""The types of what a front end loads and searches through its target; field by field CDP's.

https://chromedevtools.github.io/devtools-protocol/tot/Network/
"""

from __future__ import annotations

import attrs

from ..debugger import SearchMatch
from .types import Headers


@attrs.frozen(kw_only=True)
class SearchResult:
    """The lines of a body in which something was found."""

    result: list[SearchMatch]


@attrs.frozen(kw_only=True)
class LoadNetworkResourceOptions:
    """How to load a resource; it makes no difference here."""

    disable_cache: bool
    include_credentials: bool


@attrs.frozen(kw_only=True)
class LoadNetworkResourcePageResult:
    """A resource that was loaded, or why it was not.

    Attributes:
        stream: What ``IO.read`` takes.
    """

    success: bool
    net_error: float | None = None
    net_error_name: str | None = None
    http_status_code: float | None = None
    stream: str | None = None
    headers: Headers | None = None


@attrs.frozen(kw_only=True)
class LoadedResource:
    """The outcome of loading a resource."""

    resource: LoadNetworkResourcePageResult


def found(stream: str, content_type: str) -> LoadedResource:
    """Give what tells that a resource can be read from *stream*."""
    return LoadedResource(
        resource=LoadNetworkResourcePageResult(
            success=True,
            http_status_code=200,
            stream=stream,
            headers={"Content-Type": content_type},
        )
    )


def missing() -> LoadedResource:
    """Give what tells that there is no such resource."""
    return LoadedResource(
        resource=LoadNetworkResourcePageResult(
            success=False, net_error=-6, net_error_name="net::ERR_FILE_NOT_FOUND"
        )
    )
