"""Applications as Starlette and FastAPI make them, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import fastapi
import httpx
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from tapscope.channels import lifecycle, subscribe
from tapscope.channels.serving import ClientDisconnected
from tapscope.integrations.asgi import TapscopeMiddleware
from tests.integrations.asgi_servers import by_hypercorn_on_trio, by_uvicorn_h11
from tests.integrations.incoming_recording import Incomings

work = lifecycle("test.asgi.framework")
failure = LookupError("no such thing")


async def plain(_request: Request) -> Response:
    return PlainTextResponse("plain " * 100)


async def fail(_request: Request) -> Response:
    raise failure


async def endless(_request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.Event().wait()

    return StreamingResponse(pieces())


async def _mail() -> None:
    with work.exchange("mail"):
        pass


async def ordered(_request: Request) -> Response:
    return PlainTextResponse("ordered", background=BackgroundTask(_mail))


class Shelf:
    def show(self, _request: Request) -> Response:
        return PlainTextResponse("a shelf")


async def _pass(request: Request, call_next: Any) -> Any:
    return await call_next(request)


app = Starlette(
    routes=[
        Route("/plain", plain),
        Route("/fail", fail),
        Route("/endless", endless),
        Route("/ordered", ordered),
        Mount("/shop", routes=[Route("/shelf", Shelf().show)]),
        Mount("/inner", Starlette(routes=[Route("/plain", plain)])),
    ],
    middleware=[
        Middleware(GZipMiddleware),
        Middleware(BaseHTTPMiddleware, dispatch=_pass),
    ],
)


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/plain", "plain"),
        ("/shop/shelf", "Shelf.show"),
        ("/inner/plain", "plain"),
    ],
)
@pytest.mark.parametrize("serving", [by_uvicorn_h11, by_hypercorn_on_trio])
def test_the_endpoint_is_the_function_of_the_route(
    serving: Any, path: str, endpoint: str, incomings: Incomings
) -> None:
    with serving(app) as url:
        assert httpx.get(f"{url}{path}").status_code == 200
        told = incomings.ended()
    assert told.started.url == f"{url}{path}"
    assert told.started.endpoint == "starlette.applications.Starlette"
    assert told.answer.endpoint == f"{__name__}.{endpoint}"


def test_fastapi_names_its_functions_as_well(incomings: Incomings) -> None:
    api = fastapi.FastAPI()

    @api.get("/things/{number}")
    def thing(number: int) -> dict[str, int]:
        return {"number": number}

    with by_uvicorn_h11(api) as url:
        assert httpx.get(f"{url}/things/7").json() == {"number": 7}
        told = incomings.ended()
    assert told.answer.endpoint == f"{__name__}.{thing.__qualname__}"
    assert b"".join(told.sent) == b'{"number":7}'


def test_bodies_are_told_as_they_go_to_the_server(incomings: Incomings) -> None:
    """Outside of all middleware, so with content coding."""
    with by_uvicorn_h11(app) as url:
        httpx.get(f"{url}/plain", headers={"Accept-Encoding": "gzip"})
        told = incomings.ended()
    assert b"".join(told.sent).startswith(b"\x1f\x8b")
    assert (b"content-encoding", b"gzip") in told.answer.headers


def test_an_error_that_the_framework_answers_is_a_response(incomings: Incomings) -> None:
    with by_uvicorn_h11(app) as url:
        assert httpx.get(f"{url}/fail").status_code == 500
        told = incomings.ended()
    assert (told.answer.status, told.answer.endpoint) == (500, f"{__name__}.fail")
    assert told.end.complete


def test_inside_the_framework_the_middleware_sees_the_error_itself(incomings: Incomings) -> None:
    inside = Starlette(routes=[Route("/fail", fail)], middleware=[Middleware(TapscopeMiddleware)])
    transport = httpx.ASGITransport(inside, raise_app_exceptions=False)

    async def ask() -> int:
        async with httpx.AsyncClient(transport=transport) as client:
            return (await client.get("http://shop.test/fail")).status_code

    assert asyncio.run(ask()) == 500
    assert incomings.ended().error is failure


def test_a_stream_that_the_client_leaves_is_a_failure(incomings: Incomings) -> None:
    with by_uvicorn_h11(app) as url:
        with httpx.stream("GET", f"{url}/endless") as answer:
            assert next(answer.iter_bytes()) == b"first"
        told = incomings.ended()
    assert isinstance(told.error, ClientDisconnected)


def test_what_a_background_task_causes_hangs_under_its_request(incomings: Incomings) -> None:
    """Which is over with its response, before that."""
    seen: list[tuple[int | None, bool]] = []
    with (
        subscribe(
            "test.asgi.framework.start",
            lambda event, _: seen.append((event.parent, incomings[0].is_over)),
        ),
        by_uvicorn_h11(app) as url,
    ):
        assert httpx.get(f"{url}/ordered").text == "ordered"
        incomings.wait(lambda: bool(seen))
    assert seen == [(incomings.ended().started.id, True)]
