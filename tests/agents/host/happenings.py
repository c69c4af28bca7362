"""What a fake program says of requests that it answers, and of work of other kinds."""

from __future__ import annotations

from typing import Any

from tapscope.agents.link.messages import (
    BodyChunk,
    ConnectionInfo,
    RequestReceived,
    ResponseSent,
    WorkAnswered,
    WorkChunk,
    WorkFinished,
    WorkStarted,
)
from tapscope.agents.link.plain import pack
from tests.agents.host.programs import FakeProgram, HeaderList

CLIENT = ConnectionInfo(3, "10.0.0.9", 50123, None, None, None, None, None, None, None)
JOB = "acme.print_job"


def receive(
    program: FakeProgram,
    number: int,
    url: str = "http://shop/orders",
    *,
    method: str = "GET",
    headers: HeaderList = (),
    parent: int | None = None,
    connection: ConnectionInfo | None = CLIENT,
    endpoint: str | None = None,
) -> None:
    """Say that a request has come in."""
    program.say(
        RequestReceived(
            number, program.tick(), method, url, headers, 0, "worker-1", parent, "http/1.1",
            connection, endpoint,
        )
    )  # fmt: skip


def respond(
    program: FakeProgram,
    number: int,
    status: int = 200,
    headers: HeaderList = (),
    endpoint: str | None = None,
) -> None:
    """Say that the head of the response is sent."""
    program.say(ResponseSent(number, program.tick(), status, "", headers, endpoint))


def pass_on(program: FakeProgram, number: int, data: bytes, *, sent: bool) -> None:
    """Say that a piece of a body has passed, in either direction."""
    program.say(BodyChunk(number, program.tick(), len(data), data, sent))


def begin(
    program: FakeProgram,
    number: int,
    *,
    lifecycle: str = JOB,
    parent: int | None = None,
    **fields: Any,
) -> None:
    """Say that work begins; by default what ``lifecycle(...).exchange(...)`` says of it."""
    told = fields or {"name": "page 1", "detail": {"copies": 2}}
    program.say(WorkStarted(number, program.tick(), lifecycle, 0, "main", parent, pack(told)))


def answer(program: FakeProgram, number: int, **fields: Any) -> None:
    """Say what is known first of its outcome."""
    program.say(WorkAnswered(number, program.tick(), pack(fields)))


def give(program: FakeProgram, number: int, data: object, *, sent: bool = False) -> None:
    """Say a piece of it."""
    program.say(WorkChunk(number, program.tick(), pack({"data": data, "sent": sent})))


def end(program: FakeProgram, number: int, **fields: Any) -> None:
    """Say that it is done."""
    program.say(WorkFinished(number, program.tick(), pack(fields or {"result": None})))
