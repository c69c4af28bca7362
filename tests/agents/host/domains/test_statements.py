"""Which statements are alike, and of what kind one is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.agents.host.domains.database.statements import keyword, normalised


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("select 1", "SELECT"),
        ("  -- why\n /* and\n how */ (Select 1)", "SELECT"),
        ("WITH x AS (SELECT 1) DELETE FROM x", "WITH"),
        ("", "SQL"),
        ("-- nothing", "SQL"),
        ("/* nothing", "SQL"),
        ("?", "SQL"),
    ],
)
def test_the_keyword_is_the_first_word(statement: str, expected: str) -> None:
    assert keyword(statement) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT *\n  FROM t ;", "SELECT * FROM t"),
        ("SELECT 'it''s', 3, -4.5e7, .5 FROM t2", "SELECT ?, ?, -?, ? FROM t2"),
        ('SELECT "a 1", `b 2`, [c 3] FROM t', 'SELECT "a 1", `b 2`, [c 3] FROM t'),
        ("SELECT 1 -- one\n, 2 /* two */", "SELECT ? , ?"),
        ("x IN (1, 2, 3) AND y IN (?)", "x IN (?+) AND y IN (?)"),
        ("INSERT INTO t VALUES (1, 'a'), (2, 'b')", "INSERT INTO t VALUES (?+)"),
        ("INSERT INTO t (name) VALUES (?)", "INSERT INTO t (name) VALUES (?)"),
        ("a = ?1 AND b = :name AND c = @c AND d = $1", "a = ? AND b = ? AND c = ? AND d = ?"),
        ("a = %s AND b = %(name)s AND c % d = 1", "a = ? AND b = ? AND c % d = ?"),
        ("SELECT 'never ends", "SELECT ?"),
    ],
)
def test_values_and_comments_do_not_count(statement: str, expected: str) -> None:
    assert normalised(statement) == expected


@given(st.text(st.sampled_from("aS1'\"?(),.-/* \n;:%s$[]`"), max_size=60))
def test_what_is_normalised_stays_as_it_is(statement: str) -> None:
    once = normalised(statement)
    assert normalised(once) == once


@given(st.text(max_size=200))
def test_any_text_has_a_keyword_and_a_form(statement: str) -> None:
    assert keyword(statement).isupper()
    normalised(statement)
