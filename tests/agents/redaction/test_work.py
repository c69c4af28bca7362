"""Exchanges that are not HTTP: what is hidden in their fields."""

from __future__ import annotations

from tapscope.agents.link.messages import (
    WorkChunk,
    WorkStarted,
)
from tapscope.agents.link.plain import unpack
from tapscope.agents.redaction import CREDENTIALS, Rules
from tapscope.channels import lifecycle
from tapscope.channels.statements import DatabaseConnection, StatementExchange
from tests.agents.redaction.exchanges import redacting


def test_statements_hide_parameters_and_columns_by_name() -> None:
    """Positional parameters have no names: there the whole field can be hidden."""
    with redacting(CREDENTIALS) as told:
        connection = DatabaseConnection.open("sqlite3", ":memory:")
        parameters = {"name": "me", "password": "sesame123"}
        running = StatementExchange.start(connection, "SELECT 1", parameters)
        assert running is not None
        running.described(["id", "password"], None)
        running.fetched([(1, "sesame456"), (2, None)])
        running.finish()
    [start] = [
        m for m in told.of(WorkStarted) if isinstance(m, WorkStarted) and m.lifecycle == "database"
    ]
    [fields] = unpack(start.fields)
    assert fields["parameters"] == {"name": "me", "password": "[redacted]"}
    [chunk] = told.of(WorkChunk)
    assert isinstance(chunk, WorkChunk)
    [fields] = unpack(chunk.fields or b"")
    assert fields["rows"] == [[1, "[redacted]"], [2, None]]
    assert "sesame" not in told.everything()


def test_fields_of_other_lifecycles_are_hidden_whole_or_by_path() -> None:
    rules = Rules(fields={"parameters"}, json={"$.detail.user.pin"})
    jobs = lifecycle("acme.redacted.job")
    with redacting(rules) as told:
        with jobs.exchange("resize", {"user": {"pin": 1234567, "age": 7}, "pairs": [b"x"]}):
            pass
        connection = DatabaseConnection.open("sqlite3", ":memory:")
        StatementExchange.start(connection, "SELECT ?", ("sesame123",))
    starts = [each for each in told.of(WorkStarted) if isinstance(each, WorkStarted)]
    [fields] = unpack(starts[0].fields)
    assert "sesame123" not in told.everything()
    assert fields["detail"] == {"user": {"pin": "[redacted]", "age": 7}, "pairs": [b"x"]}
