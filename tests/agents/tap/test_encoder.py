"""What the tap encodes by position has the fields that the messages' classes name."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import attrs
import pytest
import trio

from tapscope.agents.link import Decoder, messages
from tapscope.agents.link.messages import MAX_STACKS, ConnectionInfo, Frame, Message
from tapscope.agents.link.plain import pack
from tapscope.agents.tap.encoder import EventEncoder
from tapscope.agents.tap.events import DroppedChunk, Event
from tapscope.agents.tap.record_texts import MAX_TEXT
from tapscope.agents.tap.stacks import StackTable
from tapscope.channels import Stack, capture_stack
from tapscope.channels.http import (
    BodyChunk,
    Connection,
    ExchangeFailed,
    ExchangeFinished,
    RequestReceived,
    RequestStarted,
    ResponseSent,
    ResponseStarted,
)
from tapscope.channels.work import WorkAnswered, WorkChunk, WorkFinished, WorkStarted

CONNECTION = Connection(3, "::1", 443, 10, 11, 12, 13, 14, 15, "TLSv1.3", 2)


def encoded(*events: Event) -> list[Message]:
    encoder = EventEncoder()
    methods: dict[type, Callable[[Any], bytes]] = {
        RequestStarted: encoder.start,
        RequestReceived: encoder.request_received,
        ResponseSent: encoder.response_sent,
        WorkStarted: lambda event: encoder.work_started(event, "acme.job"),
        WorkAnswered: encoder.work_answered,
        WorkChunk: encoder.work_chunk,
        WorkFinished: encoder.work_finished,
        ResponseStarted: encoder.headers,
        BodyChunk: encoder.body_chunk,
        DroppedChunk: encoder.dropped_chunk,
        ExchangeFinished: encoder.finish,
        ExchangeFailed: encoder.error,
    }
    data = b"".join(methods[type(event)](event) for event in events)
    return list(Decoder(magic=False).feed(data))


def fields(value: Any) -> dict[str, Any]:
    return attrs.asdict(value, recurse=False)


def start(stack: Stack = ()) -> RequestStarted:
    return RequestStarted(1, 2, "GET", "http://shop/", ((b"A", b"b"),), stack, "main", 8, 9)


@pytest.mark.parametrize(
    "event",
    [
        BodyChunk(1, 2, b"data", sent=True),
        ExchangeFinished(1, 2, 17, complete=False),
        ExchangeFinished(1, 2, None),
        ResponseStarted(1, 2, 404, "Gone?", "h2", (("a", "b"),), None, True, 5, 6),
        ResponseSent(1, 2, 404, "Gone?", (("a", "b"),), "shop.views:index"),
    ],
)
def test_a_message_has_the_fields_of_its_event(event: Event) -> None:
    [message] = encoded(event)
    assert type(message).__name__ == type(event).__name__
    assert fields(message).items() >= fields(event).items()


def test_a_request_has_the_fields_of_its_event_and_its_stack_by_number() -> None:
    event = start(capture_stack())
    defined, message = encoded(event)
    assert isinstance(defined, messages.StackDefined)
    assert isinstance(message, messages.RequestStarted)
    assert message.stack == defined.id
    assert fields(message) == fields(event) | {"stack": defined.id}


def test_an_incoming_request_has_the_fields_of_its_event() -> None:
    event = RequestReceived(1, 2, "GET", "http://shop/", (), "h2", "main", (), CONNECTION, "app", 8)
    _, message = encoded(event)
    assert isinstance(message, messages.RequestReceived)
    assert message.connection == ConnectionInfo(3, "::1", 443, 10, 11, 12, 13, 14, 15, "TLSv1.3")
    assert fields(message) == fields(event) | {
        "stack": message.stack,
        "connection": message.connection,
    }


def test_what_a_message_has_no_field_for_is_rendered_and_packed() -> None:
    started = WorkStarted(1, 2, "resize", {"width": 3}, (), "main", 8)
    answered, chunk = WorkAnswered(1, 2, {"queued": True}), WorkChunk(1, 2, [b"x"], sent=False)
    _, begun, *others = encoded(started, answered, chunk, WorkFinished(1, 2, {"bytes": 17}))
    assert isinstance(begun, messages.WorkStarted)
    assert begun == messages.WorkStarted(
        1, 2, "acme.job", begun.stack, "main", 8, pack({"name": "resize", "detail": {"width": 3}})
    )
    assert others == [
        messages.WorkAnswered(1, 2, pack({"detail": {"queued": True}})),
        messages.WorkChunk(1, 2, pack({"data": [b"x"], "sent": False})),
        messages.WorkFinished(1, 2, pack({"result": {"bytes": 17}})),
    ]


@attrs.define
class OwnStarted:
    """A start that tells only what it must."""

    id: int
    at: int
    subject: str


def test_an_event_of_a_class_of_its_own_needs_only_an_id_and_a_time() -> None:
    encoder = EventEncoder()
    data = encoder.work_started(OwnStarted(1, 2, "mail"), "acme.job")
    _, message = Decoder(magic=False).feed(data)
    assert isinstance(message, messages.WorkStarted)
    assert (message.thread, message.parent) == ("", None)
    assert message.fields == pack({"subject": "mail"})


@pytest.mark.parametrize("event", [OwnStarted("1", 2, ""), {"id": 1}, OwnStarted(2**70, 2, "")])  # type: ignore[arg-type]
def test_an_event_that_no_message_can_hold_is_refused(event: Any) -> None:
    with pytest.raises(Exception, match=r".+"):
        EventEncoder().work_started(event, "acme.job")


def test_a_response_has_the_fields_of_its_connection() -> None:
    event = ResponseStarted(1, 2, 200, "OK", "http/1.1", (), CONNECTION, False, 5, 6)
    [message] = encoded(event)
    assert isinstance(message, messages.ResponseStarted)
    expected = fields(CONNECTION)
    del expected["used"]
    assert fields(message.connection) == expected
    assert fields(message) == fields(event) | {"connection": message.connection}


def test_a_dropped_piece_has_its_length_and_no_bytes() -> None:
    [message] = encoded(DroppedChunk(1, 2, b"", False, 99))
    assert message == messages.BodyChunk(1, 2, 99, None, sent=False)


class Mute(Exception):
    def __str__(self) -> str:
        raise ZeroDivisionError


class Odd(Exception):
    def __str__(self) -> str:
        return 5  # type: ignore[return-value]  # noqa: PLE0307


def failed(error: BaseException) -> messages.ExchangeFailed:
    [message] = encoded(ExchangeFailed(1, 2, error))
    assert isinstance(message, messages.ExchangeFailed)
    return message


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (TimeoutError("too slow"), "TimeoutError", "too slow"),
        (ConnectionRefusedError(111, "refused"), "ConnectionRefusedError", "[Errno 111] refused"),
        (Mute(), f"{__name__}.Mute", "(its text could not be had)"),
        (Odd(), f"{__name__}.Odd", "(its text could not be had)"),
        (
            ValueError("x" * (MAX_TEXT + 7)),
            "ValueError",
            "x" * MAX_TEXT + "… (7 characters more)",
        ),
        (ValueError("\udcff"), "ValueError", "?"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_is_its_class_and_its_text(error: BaseException, kind: str, text: str) -> None:
    message = failed(error)
    assert (message.kind, message.text, message.canceled) == (kind, text, False)


class Cancelled(asyncio.CancelledError):
    """A library's own, as anyio and others have them."""


def trio_cancelled() -> BaseException:
    caught: list[BaseException] = []

    async def wait() -> None:
        with trio.CancelScope() as scope:
            scope.cancel()
            try:
                await trio.sleep_forever()
            except trio.Cancelled as error:
                caught.append(error)
                raise

    trio.run(wait)
    return caught[0]


@pytest.mark.parametrize("error", [asyncio.CancelledError(), Cancelled(), trio_cancelled()])
def test_a_cancellation_is_told_as_one(error: BaseException) -> None:
    assert failed(error).canceled


def defined(*stacks: Stack) -> list[tuple[int, list[tuple[str, str, int, int]]]]:
    table = StackTable()
    numbered = [table.number(stack) for stack in stacks]
    return [(number, new[-1][1]) for number, new in numbered if new is not None]


def here() -> Stack:
    return capture_stack()


def test_a_frame_is_where_the_call_is() -> None:
    [(_, frames)] = defined(here())
    frame = Frame(*frames[0])
    assert frame.function == "here"
    assert frame.filename == __file__
    assert frame.line == inspect.getsourcelines(here)[1] + 1
    assert frame.column == len("    return ")


def test_an_equal_stack_is_defined_once() -> None:
    assert len(defined(*[here() for _ in range(5)])) == 1


def test_stacks_that_differ_in_one_offset_are_two() -> None:
    assert len(defined(here(), here())) == 2


def test_our_own_frames_are_left_out() -> None:
    own = compile("capture()", EventEncoder.start.__code__.co_filename, "eval")
    stack: Stack = eval(own, {"capture": capture_stack})
    [(_, frames)] = defined(stack)
    assert frames[0][0] == "test_our_own_frames_are_left_out"


def test_the_table_forgets_and_defines_anew_before_it_grows_without_bound() -> None:
    code = here.__code__
    table = StackTable()
    made = [table.number([code, offset])[0] for offset in range(MAX_STACKS + 1)]
    assert table.number([code, MAX_STACKS]) == (made[-1], None)
    assert table.number([code, 0])[0] not in made


def test_equal_code_of_two_files_is_two_stacks() -> None:
    first, second = (compile("capture()", name, "eval") for name in ("one.py", "two.py"))
    assert first == second
    assert len(defined([first, 0], [second, 0])) == 2
