"""What a program's own cache gives it, without a request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest
import requests

from tapscope.integrations import cachecontrol as on_cachecontrol
from tapscope.integrations import hishel as on_hishel
from tapscope.integrations import requests_cache as on_requests_cache
from tests.integrations.recording import Recording

BODY = b"worth keeping"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        fresh = self.path.startswith("/fresh")
        known = self.headers["If-None-Match"] is not None
        self.send_response(304 if known else 200)
        self.send_header("Cache-Control", "max-age=60" if fresh else "no-cache")
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", "0" if known else str(len(BODY)))
        self.end_headers()
        self.wfile.write(b"" if known else BODY)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        """Say nothing."""


@pytest.fixture(scope="module")
def keeper() -> Iterator[str]:
    """A server whose answers may be kept."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def _cachecontrol() -> Generator[requests.Session]:
    library = pytest.importorskip("cachecontrol")
    undo = on_cachecontrol.install()
    with library.CacheControl(requests.Session()) as session:
        yield session
    undo()


@contextmanager
def _requests_cache() -> Generator[requests.Session]:
    library = pytest.importorskip("requests_cache")
    undo = on_requests_cache.install()
    with library.CachedSession(backend="memory", cache_control=True) as session:
        yield session
    undo()


class _Talk:
    """Has of a session of requests what these tests use."""

    def __init__(self, get: Callable[[str], Any]) -> None:
        self._get = get

    def get(self, url: str) -> Any:
        response = self._get(url)
        response.from_cache = response.extensions["caching"]["from_cache"]
        return response


@contextmanager
def _hishel() -> Generator[_Talk]:
    library = pytest.importorskip("hishel.httpx")
    undo = on_hishel.install()
    with TemporaryDirectory() as folder:
        storage = import_module("hishel").SqliteStorage(database_path=f"{folder}/cache.db")
        with library.CacheClient(storage=storage, rfc=True) as session:
            yield _Talk(session.get)
    undo()


@contextmanager
def _async_hishel() -> Generator[_Talk]:
    library = pytest.importorskip("hishel.httpx")
    undo = on_hishel.install()
    with TemporaryDirectory() as folder, asyncio.Runner() as runner:
        storage = import_module("hishel").AsyncSqliteStorage(database_path=f"{folder}/cache.db")
        session = library.AsyncCacheClient(storage=storage, rfc=True)
        yield _Talk(lambda url: runner.run(session.get(url)))
        runner.run(session.aclose())
    undo()


every_cache = pytest.mark.parametrize(
    "cache", [_cachecontrol, _requests_cache, _hishel, _async_hishel]
)
Cache = Callable[[], Any]


@every_cache
def test_a_response_from_a_cache_is_an_exchange_that_says_so(
    cache: Cache, keeper: str, recorded: Recording
) -> None:
    url = f"{keeper}/fresh"
    with cache() as session:
        assert [session.get(url).content for _ in range(2)] == [BODY, BODY]
    sent, kept = recorded
    assert (sent.answer.from_cache, kept.answer.from_cache) == (False, True)
    assert kept.events == ["start", "headers", "body_chunk", "finish"]
    assert (kept.started.method, kept.started.url) == ("GET", url)
    assert (kept.answer.status, kept.answer.protocol) == (200, "http/1.1")
    assert (kept.received, kept.end.encoded_length) == (BODY, 0)
    assert kept.answer.connection is None
    assert kept.response_header("etag") == '"1"'


@every_cache
def test_a_cache_that_asks_whether_its_answer_still_holds_has_one_exchange_for_that(
    cache: Cache, keeper: str, recorded: Recording
) -> None:
    with cache() as session:
        assert [session.get(f"{keeper}/stale").content for _ in range(2)] == [BODY, BODY]
    assert [exchange.answer.status for exchange in recorded] == [200, 304]
    assert not any(exchange.answer.from_cache for exchange in recorded)


@every_cache
def test_while_nobody_listens_a_cache_works_as_ever(cache: Cache, keeper: str) -> None:
    with cache() as session:
        assert [session.get(f"{keeper}/fresh").content for _ in range(2)] == [BODY, BODY]
        assert session.get(f"{keeper}/fresh").from_cache
