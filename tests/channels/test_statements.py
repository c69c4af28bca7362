from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from tapscope.channels import subscribe, suppress
from tapscope.channels._identity import current_exchange
from tapscope.channels.database import ConnectionOpened, connections
from tapscope.channels.lifecycle_states import checked
from tapscope.channels.statements import DatabaseConnection, Errand, StatementExchange
from tapscope.channels.testing import Captured, capture


@pytest.fixture
def heard() -> Iterator[capture]:
    """Every event of both lifecycles, in legal order."""
    with checked(), capture("database.**") as events:
        yield events


def fields(event: Captured) -> dict[str, Any]:
    skipped = {"id", "at", "stack", "thread"}
    return attrs.asdict(event.message, recurse=False, filter=lambda a, _: a.name not in skipped)


def opened() -> DatabaseConnection:
    connection = DatabaseConnection.open("acme", "host:1/shop")
    connection.ready("7.1")
    return connection


def send(connection: DatabaseConnection, parameters: object = ()) -> StatementExchange:
    exchange = StatementExchange.start(connection, "SELECT ?", parameters)
    assert exchange is not None
    return exchange


def test_a_statement_publishes_its_events_under_one_id(heard: capture) -> None:
    connection = opened()
    heard.clear()
    exchange = send(connection, (1,))
    exchange.described(["a"], None)
    exchange.fetched([(1,), (2,)])
    exchange.fetched([])
    exchange.finish(complete=False)
    assert {event.message.id for event in heard} == {exchange.id}
    assert [(event.name, fields(event)) for event in heard] == [
        (
            "database.start",
            {
                "driver": "acme",
                "database": "host:1/shop",
                "statement": "SELECT ?",
                "parameters": (1,),
                "many": False,
                "parent": None,
                "connection": connection.id,
            },
        ),
        ("database.headers", {"columns": ["a"], "changed": None}),
        ("database.body_chunk", {"rows": [(1,), (2,)]}),
        ("database.finish", {"fetched": 2, "complete": False}),
    ]


def test_a_connection_publishes_its_life(heard: capture) -> None:
    connection = opened()
    connection.transaction("begin", 5)
    connection.transaction("commit")
    connection.close()
    assert [(event.name.rpartition(".")[2], fields(event)) for event in heard] == [
        ("start", {"driver": "acme", "database": "host:1/shop", "parent": None}),
        ("headers", {"version": "7.1"}),
        ("body_chunk", {"state": "begin", "statement": 5}),
        ("body_chunk", {"state": "commit", "statement": None}),
        ("finish", {}),
    ]


def test_only_the_first_end_counts(heard: capture) -> None:
    error = ValueError("late")
    connection = opened()
    finished, failed = send(connection), send(connection)
    heard.clear()
    finished.finish()
    finished.fail(error)
    finished.fetched([(1,)])
    finished.described(["a"], None)
    failed.fail(error)
    failed.finish()
    connection.fail(error)
    connection.close()
    connection.transaction("begin")
    assert [(event.name, event.message.id) for event in heard] == [
        ("database.finish", finished.id),
        ("database.error", failed.id),
        ("database.connection.error", connection.id),
    ]


def test_a_connection_that_was_open_before_is_told_with_its_first_statement() -> None:
    """It has the time and the thread of its opening, and no stack."""
    early = opened()
    with checked(), capture("database.**") as heard:
        send(early).finish()
        send(early).finish()
    names = [event.name.removeprefix("database.") for event in heard]
    assert names == ["connection.start", "connection.headers", *["start", "finish"] * 2]
    told, statement = heard.messages[0], heard.messages[2]
    assert (told.id, told.stack) == (early.id, ())
    assert told.at < statement.at


def test_a_connection_that_nobody_heard_of_ends_in_silence() -> None:
    early = opened()
    with capture("database.**") as heard:
        early.close()
        early.used()
    assert not heard


def test_the_stack_begins_where_the_integration_was_called(heard: capture) -> None:
    def integration() -> None:
        send(opened())

    integration()
    names = [event.message.stack[0].co_name for event in heard if "stack" in dir(event.message)]
    assert names == ["opened", "send"]


def test_an_iterator_of_parameters_is_not_published(heard: capture) -> None:
    """Nobody may consume it but the driver; a list is published as it is."""
    given = iter([(1,)])
    rows = [(1,)]
    for parameters in given, rows:
        StatementExchange.start(opened(), "INSERT", parameters, many=True)
    assert [start.parameters for start in heard.of("database.start")] == [None, rows]
    assert next(given) == (1,)


def test_what_is_suppressed_is_silent(heard: capture) -> None:
    with suppress():
        connection = opened()
        assert StatementExchange.start(connection, "SELECT 1") is None
        connection.transaction("begin")
    assert not heard
    send(connection)
    assert heard.names[0] == "database.connection.start"


def test_an_errand_has_the_stack_and_the_parent_of_who_sent_it(heard: capture) -> None:
    def sender() -> Errand:
        token = current_exchange.set(7)
        try:
            return Errand()
        finally:
            current_exchange.reset(token)

    def work(errand: Errand) -> tuple[int | None, int | None]:
        with errand:
            send(opened())
        return current_exchange.get(), send(opened()).id

    with ThreadPoolExecutor(1) as pool:
        parent, last = pool.submit(work, sender()).result()
    assert parent is None
    starts = heard.of("database.start")
    assert [(start.parent, start.stack[0].co_name) for start in starts] == [
        (7, "sender"),
        (None, "send"),
    ]
    assert starts[1].id == last


def test_an_errand_of_who_is_silent_is_silent(heard: capture) -> None:
    with suppress():
        errand = Errand()
    with errand:
        opened()
    assert not heard


def test_only_who_listens_to_connections_hears_of_them() -> None:
    starts: list[ConnectionOpened] = []
    with subscribe("database.start", lambda _, __: None):
        connection = opened()
        send(connection)
    with connections.start.subscribe(lambda event, _: starts.append(event)):
        connection.used()
    assert [start.id for start in starts] == [connection.id]
