"""The Database domain, on events as integrations of drivers publish them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tapscope.agents import Session
from tapscope.agents.session import CommandError
from tapscope.channels.statements import DatabaseConnection, StatementExchange
from tapscope.channels.testing import fake_clock


@pytest.fixture
def session() -> Iterator[Session]:
    with Session() as session:
        session.post("Database.enable")
        yield session


@pytest.fixture
def connection() -> Iterator[DatabaseConnection]:
    connection = DatabaseConnection.open("sqlite3", "/srv/shop.db")
    connection.ready("3.46.1")
    yield connection
    connection.close()


def start(
    connection: DatabaseConnection,
    statement: str = "SELECT id, name FROM users",
    *parameters: object,
) -> StatementExchange:
    started = StatementExchange.start(connection, statement, parameters)
    assert started is not None
    return started


def run(connection: DatabaseConnection, statement: str = "SELECT 1") -> None:
    done = start(connection, statement)
    done.described(["1"], None)
    done.fetched([(1,)])
    done.finish()


def told(session: Session, name: str) -> list[Mapping[str, Any]]:
    return [event.params for event in session.events if event.method == f"Database.{name}"]


def only_statement(session: Session) -> str:
    [started] = told(session, "statementStarted")
    statement_id: str = started["statement"]["statementId"]
    return statement_id


def test_a_statement_is_told_with_its_parameters_and_its_connection(
    session: Session, connection: DatabaseConnection
) -> None:
    start(connection, "SELECT * FROM users WHERE name = ?", "ada").finish()
    [opened] = told(session, "connectionOpened")
    [started] = told(session, "statementStarted")
    statement = started["statement"]
    assert opened["connection"]["version"] == "3.46.1"
    assert statement["connectionId"] == opened["connection"]["connectionId"]
    assert statement["statement"] == "SELECT * FROM users WHERE name = ?"
    assert statement["parameters"] == ["ada"]
    assert statement["database"] == "/srv/shop.db"


def test_the_end_tells_how_long_it_took_and_what_came_of_it(
    session: Session, connection: DatabaseConnection
) -> None:
    with fake_clock() as clock:
        statement = start(connection, "UPDATE users SET name = ''")
        clock.advance(seconds=3 / 1000)
        statement.described([], 7)
        statement.finish()
    [finished] = told(session, "statementFinished")
    assert finished["duration"] == 3.0
    assert finished["changed"] == 7


def test_a_result_that_the_program_left_unread_took_until_the_answer(
    session: Session, connection: DatabaseConnection
) -> None:
    with fake_clock() as clock:
        statement = start(connection)
        clock.advance(seconds=3 / 1000)
        statement.described(["id", "name"], None)
        clock.advance(seconds=5_000 / 1000)
        statement.finish(complete=False)
    [finished] = told(session, "statementFinished")
    assert finished["duration"] == 3.0
    assert not finished["complete"]


def test_a_failure_is_told_with_its_error(session: Session, connection: DatabaseConnection) -> None:
    start(connection).fail(ValueError("no such table: users"))
    [failed] = told(session, "statementFailed")
    assert failed["errorText"] == "ValueError: no such table: users"


def test_a_result_can_be_read_while_the_program_fetches_and_again_later(
    session: Session, connection: DatabaseConnection
) -> None:
    statement = start(connection)
    statement.described(["id", "name"], None)
    statement.fetched([(1, "ada")])
    wanted = {"statementId": only_statement(session)}
    early = session.post("Database.getResult", wanted)
    assert (early["rows"], early["finished"]) == ([{"id": 1, "name": "ada"}], False)
    statement.fetched([(2, "bob")])
    statement.finish()
    late = session.post("Database.getResult", wanted)
    assert late["rows"] == [{"id": 1, "name": "ada"}, {"id": 2, "name": "bob"}]
    assert (late["finished"], late["complete"], late["fetched"]) == (True, True, 2)


def test_a_result_has_no_more_rows_than_are_kept_and_says_how_many_are_not(
    session: Session, connection: DatabaseConnection
) -> None:
    statement = start(connection)
    statement.described(["id"], None)
    statement.fetched([(number,) for number in range(490)])
    statement.finish()
    result = session.post("Database.getResult", {"statementId": only_statement(session)})
    assert result["rows"] == [{"id": number} for number in range(100)]
    assert result["fetched"] == 490
    assert result["note"] == "390 more rows were fetched, too many at once to be kept"


def test_bytes_are_text_as_far_as_they_are_that(
    session: Session, connection: DatabaseConnection
) -> None:
    statement = start(connection, "SELECT data FROM files WHERE key = ?", b"key\xff")
    statement.described(["data"], None)
    statement.fetched([(b"\x00\xffabc",)])
    [started] = told(session, "statementStarted")
    assert started["statement"]["parameters"] == ["key\ufffd"]
    result = session.post("Database.getResult", {"statementId": only_statement(session)})
    assert result["rows"] == [{"data": "\x00\ufffdabc"}]


def test_columns_of_one_name_are_told_apart(
    session: Session, connection: DatabaseConnection
) -> None:
    statement = start(connection, "SELECT 1 AS a, 2 AS a")
    statement.described(["a", "a"], None)
    statement.fetched([(1, 2)])
    result = session.post("Database.getResult", {"statementId": only_statement(session)})
    assert result["rows"] == [{"a": 1, "a (2)": 2}]


def test_connections_are_listed_open_and_closed(
    session: Session, connection: DatabaseConnection
) -> None:
    other = DatabaseConnection.open("sqlite3", ":memory:")
    other.ready("3.46.1")
    other.close()
    run(connection)
    one, two = session.post("Database.getConnections")["connections"]
    assert (one["database"], one.get("closed")) == ("/srv/shop.db", None)
    assert (two["database"], two["closed"] >= two["opened"]) == (":memory:", True)


def test_a_transaction_is_told_and_shows_on_its_connection(
    session: Session, connection: DatabaseConnection
) -> None:
    connection.transaction("begin")
    [listed] = session.post("Database.getConnections")["connections"]
    assert listed["inTransaction"]
    connection.transaction("commit")
    assert [change["state"] for change in told(session, "transactionChanged")] == [
        "begin",
        "commit",
    ]
    [listed] = session.post("Database.getConnections")["connections"]
    assert not listed.get("inTransaction")


def test_statements_that_differ_only_in_their_values_are_counted_together(
    session: Session, connection: DatabaseConnection
) -> None:
    for number in range(4):
        run(connection, f"SELECT name FROM users WHERE id = {number}")
    start(connection, "SELECT name  FROM users -- by id\n WHERE id = ?").fail(ValueError())
    [group] = session.post("Database.getStatistics")["statistics"]
    assert group["statement"] == "SELECT name FROM users WHERE id = ?"
    assert (group["count"], group["failed"]) == (5, 1)


def test_percentiles_are_right_to_two_per_cent(
    session: Session, connection: DatabaseConnection
) -> None:
    with fake_clock() as clock:
        for milliseconds in range(1, 101):
            statement = start(connection, "SELECT 1")
            clock.advance(seconds=milliseconds / 1000)
            statement.finish()
    [group] = session.post("Database.getStatistics")["statistics"]
    assert group["p50"] == pytest.approx(50, rel=0.02)
    assert group["p95"] == pytest.approx(95, rel=0.02)
    assert group["max"] == 100
    assert group["total"] == pytest.approx(5050)


def test_statistics_count_what_was_before_the_first_front_end(
    connection: DatabaseConnection,
) -> None:
    with Session() as session:
        run(connection)
        session.post("Database.enable")
        [group] = session.post("Database.getStatistics")["statistics"]
        assert group["count"] == 1
        session.post("Database.resetStatistics")
        assert session.post("Database.getStatistics")["statistics"] == []


@pytest.mark.parametrize(("milliseconds", "is_slow"), [(199, False), (200, True), (5000, True)])
def test_a_statement_is_slow_from_the_threshold_on(
    session: Session, connection: DatabaseConnection, milliseconds: int, *, is_slow: bool
) -> None:
    session.post("Runtime.enable")
    session.post("Database.setSlowThreshold", {"milliseconds": 200})
    with fake_clock() as clock:
        statement = start(connection, "SELECT sleep()")
        clock.advance(seconds=milliseconds / 1000)
        statement.finish()
    console = str([e.params for e in session.events if e.method == "Runtime.consoleAPICalled"])
    assert bool(told(session, "slowStatement")) is is_slow
    assert ("slow statement" in console) is is_slow


def test_no_statement_is_slow_without_a_threshold(
    session: Session, connection: DatabaseConnection
) -> None:
    session.post("Database.setSlowThreshold", {"milliseconds": 0})
    session.post("Database.setSlowThreshold")
    run(connection)
    assert told(session, "slowStatement") == []


def test_the_threshold_goes_with_the_last_front_end(
    session: Session, connection: DatabaseConnection
) -> None:
    session.post("Database.setSlowThreshold", {"milliseconds": 0})
    session.post("Database.disable")
    session.post("Database.enable")
    run(connection)
    assert told(session, "slowStatement") == []


@pytest.mark.parametrize(
    ("method", "params", "code", "reason"),
    [
        ("getResult", {"statementId": "1.999"}, -32000, "no statement '1.999'"),
        ("getResult", {"statementId": "²"}, -32000, "no statement"),
        ("explain", {"statementId": ""}, -32000, "no statement"),
        ("setSlowThreshold", {"milliseconds": -1}, -32602, "expected 0 or more"),
        ("setSlowThreshold", {"milliseconds": "1"}, -32602, "expected float"),
    ],
)
def test_a_command_that_makes_no_sense_says_why(
    session: Session, method: str, params: dict[str, object], code: int, reason: str
) -> None:
    with pytest.raises(CommandError, match=reason) as refused:
        session.post(f"Database.{method}", params)
    assert refused.value.code == code


def test_a_statement_is_a_row_of_the_network_panel(
    session: Session, connection: DatabaseConnection
) -> None:
    session.post("Network.enable")
    statement = start(connection, "select id,\n name from users where id = ?", 1)
    statement.described(["id", "name"], None)
    statement.fetched([(1, "ada")])
    statement.finish()
    rows = {e.method: e.params for e in session.events if e.method.startswith("Network.")}
    sent = rows["Network.requestWillBeSent"]
    assert sent["request"]["method"] == "SELECT"
    assert sent["request"]["url"] == (
        "sqlite3:///srv/shop.db?select id, name from users where id = ?"
    )
    response = rows["Network.responseReceived"]["response"]
    assert (response["mimeType"], response["statusText"]) == ("application/sql", "1 rows")
    wanted = {"requestId": sent["requestId"]}
    assert session.post("Network.getResponseBody", wanted)["body"] == '[{"id":1,"name":"ada"}]'
    payload = session.post("Network.getRequestPostData", wanted)["postData"]
    assert payload == '{"statement":"select id,\\n name from users where id = ?","parameters":[1]}'
