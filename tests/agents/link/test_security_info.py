"""How connections with TLS cross the link."""

from __future__ import annotations

import attrs
import msgpack
import pytest

from tapscope.agents.link import Decoder, Encoder, LinkError
from tapscope.agents.link.messages import (
    MESSAGES,
    ConnectionInfo,
    Message,
    ResponseStarted,
    SecurityInfo,
)

SECURITY = SecurityInfo("AES", True, "tea.example", "An authority", ("tea.example",), 1, 2)
CONNECTION = ConnectionInfo(1, "::1", 443, None, None, None, None, None, None, "TLSv1.3", SECURITY)


def _response(connection: ConnectionInfo | None) -> ResponseStarted:
    return ResponseStarted(
        1, 2, 200, "OK", "h2", (), connection, reused=False, send_start=None, send_end=None
    )


def _read(*messages: Message) -> list[Message]:
    encoder = Encoder()
    for message in messages:
        encoder.add_message(message)
    return list(Decoder(magic=False).feed(encoder.take()))


@pytest.mark.parametrize("connection", [CONNECTION, attrs.evolve(CONNECTION, security=None), None])
def test_what_is_known_of_tls_comes_over(connection: ConnectionInfo | None) -> None:
    assert _read(_response(connection)) == [_response(connection)]


def test_responses_of_one_connection_share_it() -> None:
    first, second = _read(_response(CONNECTION), _response(CONNECTION))
    assert isinstance(first, ResponseStarted)
    assert isinstance(second, ResponseStarted)
    assert first.connection is not None
    assert second.connection is not None
    assert first.connection.security is second.connection.security


def test_a_program_that_does_not_know_of_it_yet_is_understood() -> None:
    old = attrs.astuple(CONNECTION)[:-1]
    number = MESSAGES.index(ResponseStarted)
    packed = msgpack.packb((number, *attrs.astuple(_response(None))[:6], old, False, None, None))
    assert packed is not None
    [message] = Decoder(magic=False).feed(packed)
    assert message == _response(attrs.evolve(CONNECTION, security=None))


@pytest.mark.parametrize("wrong", [7, (), ("AES",), ("AES", True, "", "", (7,), 1, 2)])
def test_what_no_program_says_is_refused(wrong: object) -> None:
    connection = (*attrs.astuple(CONNECTION)[:-1], wrong)
    number = MESSAGES.index(ResponseStarted)
    fields = (*attrs.astuple(_response(None))[:6], connection, False, None, None)
    packed = msgpack.packb((number, *fields))
    assert packed is not None
    with pytest.raises(LinkError):
        list(Decoder(magic=False).feed(packed))
