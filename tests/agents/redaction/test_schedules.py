"""Whatever a program does, and whenever the link takes it: no secret is in its bytes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any, cast

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from tapscope.agents.redaction import Rules
from tapscope.agents.tap.queue import MAX_BYTES
from tapscope.channels import lifecycle
from tapscope.channels.exchange import ClientExchange
from tapscope.channels.log import feed
from tapscope.channels.socket_exchange import SocketExchange
from tapscope.channels.statements import DatabaseConnection, StatementExchange
from tests.agents.redaction.exchanges import Told, redacting, spellings

JSON = [("Content-Type", "application/json")]
EVENTS = [("Content-Type", "text/event-stream")]
ROOM = 1_000_000_000

# Long, and with characters that no name here has, so that it occurs only where it was put.
secrets = st.text("QXZ0123456789-._~", min_size=8, max_size=24).map(lambda s: f"QX{s}ZQ")
names = st.text("abcdefghij", min_size=4, max_size=8)


def other(secret: str) -> str:
    """Another one, which is no part of it."""
    return secret[::-1]


jobs = lifecycle("acme.secret.job")


@attrs.frozen
class Hidden:
    """What rules name: a header, a key, a member anywhere, a member at one place."""

    header: str
    key: str
    member: str
    placed: str

    @property
    def rules(self) -> Rules:
        return Rules(
            headers={self.header}, query={self.key}, json={self.member, f"$.in.{self.placed}"}
        )


def all_different(hidden: Hidden) -> bool:
    return len({*cast("tuple[str, ...]", attrs.astuple(hidden))}) == 4


hiding = st.builds(Hidden, names, names, names, names).filter(all_different)


class Program:
    """Says one secret after the other, in all the places that the rules name."""

    def __init__(self, hidden: Hidden, told: Told) -> None:
        self.hidden = hidden
        self.told = told
        self.running: list[ClientExchange] = []
        self.socket = cast("SocketExchange", SocketExchange.connecting("ws://shop/", []))

    def start(self, secret: str) -> None:
        url = f"http://shop/?a=b&{self.hidden.key}={secret}"
        headers = [(self.hidden.header, secret), *JSON]
        self.running.append(ClientExchange.start("POST", url, headers))

    def answer(self, secret: str) -> None:
        for each in self.running[-1:]:
            headers = [(self.hidden.header.upper(), secret), *EVENTS]
            each.responded(200, "OK", "http/1.1", headers, None, None, None)

    def talk(self, secret: str) -> None:
        self.start(secret)
        self.answer(secret)
        self.receive(secret)

    def send(self, secret: str) -> None:
        """A body in two pieces, between which anything may happen."""
        data = json.dumps({self.hidden.member: secret, "in": {self.hidden.placed: secret}})
        for each in self.running[-1:]:
            each.sent(data[: len(data) // 2].encode())
            self.told.tap.deliver()
            each.sent(data[len(data) // 2 :].encode())

    def receive(self, secret: str) -> None:
        for each in self.running[-1:]:
            each.received(f'data: {{"{self.hidden.member}": '.encode())
            each.received(f'"{secret}"}}\n\n'.encode())

    def finish(self, _secret: str) -> None:
        for each in self.running[-1:]:
            each.finish()
            self.running.remove(each)

    def fail(self, secret: str) -> None:
        for each in self.running[-1:]:
            each.fail(ValueError(f"404 for http://shop/?{self.hidden.key}={secret}"))
            self.running.remove(each)

    def log(self, secret: str) -> None:
        logging.getLogger("shop").warning("%s=%s", self.hidden.member, secret)

    def log_an_exception(self, secret: str) -> None:
        error = ValueError(f"{self.hidden.header}: {secret}")
        logging.getLogger("shop").error("it failed", exc_info=error)

    def work(self, secret: str) -> None:
        with jobs.exchange("job", {self.hidden.member: secret, "url": f"/?{self.hidden.key}=a"}):
            pass

    def query(self, secret: str) -> None:
        connection = DatabaseConnection.open("sqlite3", ":memory:")
        parameters = {self.hidden.member: secret}
        statement = StatementExchange.start(connection, "SELECT 1", parameters)
        if statement is not None:
            statement.described(["id", self.hidden.member], None)
            statement.fetched([(1, other(secret))])
            statement.finish()

    def say(self, secret: str) -> None:
        self.socket.frame(1, json.dumps({self.hidden.member: [secret]}), sent=True)

    def stall(self, _secret: str) -> None:
        """The link takes no more."""
        self.told.carrier.capacity = len(self.told.carrier.taken)

    def crowd(self, _secret: str) -> None:
        """So much that pieces are dropped as long as the link stalls."""
        for each in self.running[-1:]:
            each.sent(bytes(MAX_BYTES // 2))

    def go_on(self, _secret: str) -> None:
        self.told.carrier.capacity = ROOM

    def flush(self, _secret: str) -> None:
        self.told.tap.flush(0)

    def rest(self, _secret: str) -> None:
        """As before a fork: the thread ends until the next event."""
        self.told.tap.before_fork()

    def name_more(self, secret: str) -> None:
        """Rules come while exchanges run."""
        self.told.tap.redact(self.hidden.rules | Rules(query={f"more{len(secret)}"}))


STEPS: list[Callable[[Program, str], None]] = [
    step for name, step in vars(Program).items() if not name.startswith("_")
]


@given(
    hidden=hiding,
    steps=st.lists(st.tuples(st.sampled_from(STEPS), secrets), min_size=5, max_size=40),
)
@settings(max_examples=150, deadline=None)
def test_no_schedule_tells_it(
    hidden: Hidden, steps: list[tuple[Callable[[Program, str], None], str]]
) -> None:
    bridge = feed()
    with redacting(hidden.rules) as told:
        program = Program(hidden, told)
        try:
            for step, secret in steps:
                step(program, secret)
        finally:
            program.go_on("")
    bridge.close()
    everything = told.everything()
    for _, secret in steps:
        for spelling in spellings(secret) | spellings(other(secret)):
            assert spelling not in everything
    assert cast("Any", told.messages[-1]).__class__.__name__ == "Goodbye"
