"""Scopes as any server may make them, from whatever a client has sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from hypothesis import given
from hypothesis import strategies as st

from tests.integrations.asgi_fakes import Sender, body, call, request, scope, start
from tests.integrations.incoming_recording import recording_incoming

names = st.sampled_from([b"host", b"Host", b"accept"]) | st.binary(max_size=8)
headers = st.lists(st.tuples(names, st.binary(max_size=16)), max_size=4)
addresses = st.none() | st.tuples(st.text(max_size=12), st.none() | st.integers(0, 65535))

OF_THE_SPECIFICATION = st.fixed_dictionaries(
    {},
    optional={
        "method": st.text(max_size=8),
        "scheme": st.sampled_from(["http", "https"]),
        "http_version": st.sampled_from(["1.0", "1.1", "2", "3"]),
        "path": st.text(max_size=20),
        "raw_path": st.none() | st.binary(max_size=20),
        "query_string": st.binary(max_size=20),
        "root_path": st.text(max_size=8),
        "headers": headers,
        "client": addresses,
        "server": addresses,
    },
)

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
)
OF_NO_SENSE = st.dictionaries(st.sampled_from(sorted(scope())), ANYTHING)
ANSWER = [start(), body(b"answer")]


@given(OF_THE_SPECIFICATION)
def test_whatever_a_client_sends_is_told(changes: dict[str, Any]) -> None:
    given_scope = {"type": "http", **changes}
    before = repr(given_scope)
    with recording_incoming() as incomings:
        server = call(Sender(*ANSWER), given_scope)
    assert (server.outgoing, repr(given_scope)) == (ANSWER, before)
    told = incomings.ended()
    assert told.end.complete
    assert told.started.headers == changes.get("headers", [])
    assert told.started.url.startswith(("http://", "https://"))


@given(st.binary().filter(lambda path: b"?" not in path), st.binary())
def test_no_byte_of_a_target_is_lost(path: bytes, query: bytes) -> None:
    with recording_incoming() as incomings:
        call(Sender(*ANSWER), scope(raw_path=b"/" + path, query_string=query))
    told = incomings.ended().started.url.removeprefix("http://shop.test:8000")
    assert told.isascii()
    assert "#" not in told
    told_path, _, told_query = told.partition("?")
    assert unquote_to_bytes(told_path) == unquote_to_bytes(b"/" + path)
    assert unquote_to_bytes(told_query) == unquote_to_bytes(query)


@given(OF_NO_SENSE, ANYTHING, ANYTHING)
def test_what_makes_no_sense_is_between_server_and_application(
    changes: dict[str, Any], received: Any, sent: Any
) -> None:
    given_scope = scope(**changes)
    answer = [start(), {"type": "http.response.body", "body": sent}]
    with recording_incoming():
        server = call(Sender(*answer), given_scope, [{**request(), "body": received}])
    assert all(ours is theirs for ours, theirs in zip(server.outgoing, answer, strict=True))
