"""What an author of a domain can rely on: the classes are the schema, and it is kept."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator
from typing import Any, Literal, NewType

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope import agents
from tapscope.agents.domains import CommandError, Domain, Feed, command, in_program, remote
from tapscope.agents.host.host import DOMAINS
from tapscope.agents.host.protocol.conformance import debugging
from tapscope.agents.host.protocol.structuring import converter
from tapscope.agents.host.protocol.wire import encode_event
from tapscope.agents.host.registration.description import describe
from tapscope.agents.host.registration.domain_checks import problems
from tests.agents.host.made_domains import HINTS, JSON, domain_taking, taker, values
from tests.agents.host.programs import FrontEnd, make_host
from tests.protocol import check_message, check_parameters

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def forget_debug_mode() -> Iterator[None]:
    """What one test has set in the environment is not what the next one finds."""
    yield
    debugging.cache_clear()


class Mood(enum.Enum):
    """How it is."""

    GOOD = "good"
    BAD = "bad"


UserId = NewType("UserId", str)


@attrs.frozen
class Rule:
    """Which jobs are held back.

    Attributes:
        pattern: Of their names; a star
            stands for anything.
        next_rule: What comes after it.
    """

    pattern: str
    next_rule: Rule | None = None
    moods: tuple[Mood, ...] = ()
    limits: dict[str, int] = attrs.field(factory=dict[str, int])


@attrs.frozen
class RulesChanged:
    """Somebody has set rules."""

    rules: list[Rule]
    by: UserId = UserId("")
    note: Any = None
    ratio: float | None = None


@attrs.frozen
class Sum:
    """What came out."""

    total: float


@remote
def add(first: float, second: float = 1.0, *, labels: list[str] | None = None) -> Sum:
    """Add two numbers in the program.

    Args:
        first: To begin with.
    """
    del labels
    return Sum(first + second)


@remote
def refuse() -> None:
    """Fail."""
    raise CommandError("not today")


@remote
def answer_plainly(word: str) -> Sum:
    """Give a mapping with the fields of the result."""
    return {"total": float(len(word))}  # type: ignore[return-value]


class JobsFeed(Feed):
    """Counts the sessions that came first, and those that left last."""

    def __init__(self, target: Any) -> None:
        super().__init__(target)
        self.log: list[str] = []

    def start(self) -> None:
        """The first is there."""
        self.log.append("start")

    def stop(self) -> None:
        """The last has left."""
        self.log.append("stop")


class Jobs(Domain):
    """The jobs of a queue."""

    name = "Jobs"
    events = (RulesChanged,)
    feed = JobsFeed
    add = in_program(add, deadline=5.0)
    refuse = in_program(refuse)
    answer_plainly = in_program(answer_plainly)

    @command
    def set_rules(
        self, rules: list[Rule], user_id: UserId = UserId("nobody"), mode: Literal["a", "b"] = "a"
    ) -> RulesChanged:
        """Set the rules.

        They hold from now on.

        Args:
            rules: All of them.
            user_id: Who
                wants that.
        """
        del mode
        changed = RulesChanged(rules, user_id)
        self.send(changed)
        return changed

    @command
    def tell(self, what: str) -> None:
        """Send an event that is not as its class says."""
        wrong: dict[str, Any] = {
            "pattern": RulesChanged([Rule(pattern=3)]),  # type: ignore[arg-type]
            "item": RulesChanged(["rule"]),  # type: ignore[list-item]
            "list": RulesChanged({}),  # type: ignore[arg-type]
            "mood": RulesChanged([Rule("x", moods=("good",))]),  # type: ignore[arg-type]
            "limit": RulesChanged([Rule("x", limits={"a": 1.5})]),  # type: ignore[dict-item]
            "note": RulesChanged([], note={1}),
            "nan": RulesChanged([], ratio=float("nan")),
            "deep": RulesChanged([Rule("x", Rule("y", Rule("")))], note=[1, {"a": None}, b"plain"]),
        }
        self.target.feed(self.feed).send(wrong[what])
        self.send(wrong[what])

    @command
    def give(self, *, right: bool) -> Sum:
        """Give a result that is not as its class says."""
        return Sum(1) if right else Sum("one")  # type: ignore[arg-type]


@pytest.fixture
def session() -> Iterator[agents.Session]:
    with agents.Session(Jobs) as session:
        yield session


def described() -> Json:
    found: Json = json.loads(describe([Jobs]))["domains"][0]
    return found


def of(section: str, name: str) -> Json:
    entries: list[Json] = described()[section]
    return next(e for e in entries if name in (e.get("name"), e.get("id")))


def test_names_types_and_docstrings_are_the_description_of_a_command() -> None:
    assert of("commands", "setRules") == {
        "name": "setRules",
        "description": "Set the rules.",
        "parameters": [
            {
                "name": "rules",
                "type": "array",
                "items": {"$ref": "Rule"},
                "description": "All of them.",
            },
            {
                "name": "userId",
                "type": "string",
                "description": "Who wants that.",
                "optional": True,
            },
            {"name": "mode", "type": "string", "enum": ["a", "b"], "optional": True},
        ],
        "returns": of("events", "rulesChanged")["parameters"],
    }


def test_a_type_describes_its_fields_itself_and_what_it_mentions() -> None:
    assert of("types", "Rule") == {
        "id": "Rule",
        "description": "Which jobs are held back.",
        "type": "object",
        "properties": [
            {
                "name": "pattern",
                "type": "string",
                "description": "Of their names; a star stands for anything.",
            },
            {
                "name": "nextRule",
                "$ref": "Rule",
                "description": "What comes after it.",
                "optional": True,
            },
            {"name": "moods", "type": "array", "items": {"$ref": "Mood"}, "optional": True},
            {
                "name": "limits",
                "type": "object",
                "additionalProperties": {"type": "integer"},
                "optional": True,
            },
        ],
    }
    assert of("types", "Mood") == {
        "id": "Mood",
        "description": "How it is.",
        "type": "string",
        "enum": ["good", "bad"],
    }


def test_a_function_of_the_program_is_described_by_its_own_signature() -> None:
    assert of("commands", "add") == {
        "name": "add",
        "description": "Add two numbers in the program.",
        "parameters": [
            {"name": "first", "type": "number", "description": "To begin with."},
            {"name": "second", "type": "number", "optional": True},
            {"name": "labels", "type": "array", "items": {"type": "string"}, "optional": True},
            {"name": "process", "type": "integer", "optional": True},
        ],
        "returns": [{"name": "total", "type": "number"}],
    }


@pytest.mark.parametrize("domain", [*DOMAINS, Jobs], ids=lambda domain: domain.name)
def test_every_domain_of_ours_describes_itself(domain: type[Domain]) -> None:
    assert problems(domain) == []


@given(st.data())
def test_the_description_accepts_exactly_what_the_command_takes(data: st.DataObject) -> None:
    domain = domain_taking(hint := data.draw(HINTS))
    assert problems(domain) == []
    params = data.draw(st.fixed_dictionaries({}, optional={"value": values(hint)}) | JSON)
    if not isinstance(params, dict):
        params = {"value": params}
    wrong = check_parameters(json.loads(describe([domain])), "Made.take", params)
    if wrong:
        with pytest.raises(CommandError) as refused:
            taker(domain)(params)
        assert refused.value.code == -32602
    else:
        taker(domain)(params)


@given(st.data())
def test_what_was_taken_is_told_as_the_description_says(data: st.DataObject) -> None:
    domain = domain_taking(hint := data.draw(HINTS))
    params = {"value": data.draw(values(hint, wrong=0.0))}
    event = domain.events[0](**taker(domain)(params))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAPSCOPE_DEBUG", "1")
        debugging.cache_clear()
        message = json.loads(encode_event("Made", event))
    assert check_message(json.loads(describe([domain])), message) == []
    assert converter.structure(message["params"], domain.events[0]) == event


NOTHING: Json = {}
NO_RULE: list[Json] = [{}]


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        (NOTHING, "rules: is missing"),
        ({"rules": None}, "rules: expected an array, got None"),
        ({"rules": "abc"}, "rules: expected an array, got 'abc'"),
        ({"rules": {"0": 1}}, "rules: expected an array, got {'0': 1}"),
        ({"rules": [[1]]}, "rules.0: expected an object, got [1]"),
        ({"rules": NO_RULE}, "rules.0.pattern: is missing"),
        ({"rules": [{"pattern": 3}]}, "rules.0.pattern: expected str, got 3"),
        (
            {"rules": [{"pattern": ""}, {"pattern": "", "nextRule": {"pattern": None}}]},
            "rules.1.nextRule.pattern: expected str, got None",
        ),
        (
            {"rules": [{"pattern": "", "moods": ["good", "so so"]}]},
            "rules.0.moods.1: expected one of good, bad, got 'so so'",
        ),
        (
            {"rules": [{"pattern": "", "limits": {"b": True}}]},
            "rules.0.limits.b: expected int, got True",
        ),
        ({"rules": [], "userId": 1}, "userId: expected str, got 1"),
        ({"rules": [], "mode": "c"}, "mode: expected one of a, b, got 'c'"),
        (
            {"rules": [*NO_RULE, {"pattern": 1}]},
            "rules.0.pattern: is missing; rules.1.pattern: expected str, got 1",
        ),
    ],
)
def test_a_wrong_parameter_is_refused_with_its_path_and_the_reason(
    session: agents.Session, params: Json, reason: str
) -> None:
    session.post("Jobs.enable")
    with pytest.raises(CommandError) as refused:
        session.post("Jobs.setRules", params)
    assert (refused.value.code, str(refused.value)) == (-32602, reason)
    assert session.events == ()


def test_of_very_many_reasons_the_first_are_told(session: agents.Session) -> None:
    with pytest.raises(CommandError) as refused:
        session.post("Jobs.setRules", {"rules": [0] * 100_000})
    assert str(refused.value).endswith("; and 99995 more")
    assert len(str(refused.value)) < 400


def test_what_is_nested_too_deeply_is_refused(session: agents.Session) -> None:
    rule: Json = {"pattern": ""}
    for _ in range(200):
        rule = {"pattern": "", "nextRule": rule}
    with pytest.raises(CommandError) as refused:
        session.post("Jobs.setRules", {"rules": [rule] * 2, "mode": 1})
    assert refused.value.code == -32602


def test_parameters_come_as_the_method_has_them(session: agents.Session) -> None:
    rules = [{"pattern": "x", "nextRule": {"pattern": "y", "moods": ["bad"]}, "unknown": 1}]
    result = session.post("Jobs.setRules", {"rules": rules, "mode": None, "unknown": 1})
    empty: Json = {"moods": [], "limits": {}}
    following = {"pattern": "y", **empty, "moods": ["bad"]}
    assert result == {
        "rules": [{"pattern": "x", "nextRule": following, **empty}],
        "by": "nobody",
    }


def test_a_result_has_all_that_is_not_none(session: agents.Session) -> None:
    assert session.post("Jobs.setRules", {"rules": []}) == {"rules": [], "by": "nobody"}


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("pattern", "rules.0.pattern: expected str, got 3"),
        ("item", "rules.0: expected Rule, got 'rule'"),
        ("list", "rules: expected list, got {}"),
        ("mood", "rules.0.moods.0: expected Mood, got 'good'"),
        ("limit", "rules.0.limits.a: expected int, got 1.5"),
        ("note", "note: JSON can't hold {1}: Type is not JSON serializable: set"),
        ("nan", "ratio: expected float, got nan"),
    ],
)
def test_in_debug_mode_an_event_that_is_not_as_described_is_told_and_not_sent(
    session: agents.Session, monkeypatch: pytest.MonkeyPatch, what: str, reason: str
) -> None:
    monkeypatch.setenv("TAPSCOPE_DEBUG", "1")
    debugging.cache_clear()
    session.post("Jobs.enable")
    session.post("Runtime.enable")
    session.post("Jobs.tell", {"what": what})
    told = [e.params["args"][0]["value"] for e in session.events if "console" in e.method]
    expected = f"an event was not sent: Jobs.rulesChanged is not as its class says: {reason}"
    assert told == [f"tapscope: {expected}"] * 2
    assert not any(event.method.startswith("Jobs.") for event in session.events)


@pytest.mark.parametrize("debug", ["", "0", "1"])
def test_an_event_that_is_as_described_is_sent_in_debug_mode_too(
    session: agents.Session, monkeypatch: pytest.MonkeyPatch, debug: str
) -> None:
    monkeypatch.setenv("TAPSCOPE_DEBUG", debug)
    debugging.cache_clear()
    session.post("Jobs.enable")
    session.post("Jobs.tell", {"what": "deep"})
    assert [event.method for event in session.events] == ["Jobs.rulesChanged"] * 2


def test_in_debug_mode_a_result_that_is_not_as_described_is_an_error(
    session: agents.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAPSCOPE_DEBUG", "1")
    debugging.cache_clear()
    assert session.post("Jobs.give", {"right": True}) == {"total": 1}
    with pytest.raises(CommandError, match="total: expected float, got 'one'") as failed:
        session.post("Jobs.give", {"right": False})
    assert failed.value.code == -32603


def test_a_command_runs_in_the_program(session: agents.Session) -> None:
    assert session.post("Jobs.add", {"first": 2}) == {"total": 3}
    given = {"first": 2, "second": 0.5, "labels": ["x"], "process": 1}
    assert session.post("Jobs.add", given) == {"total": 2.5}
    assert session.post("Jobs.answerPlainly", {"word": "four"}) == {"total": 4}


@pytest.mark.parametrize(
    ("method", "params", "code", "reason"),
    [
        ("add", {"first": "2"}, -32602, "first: expected float, got '2'"),
        ("add", {"first": 2, "process": 7}, -32000, "there is no process 7"),
        ("refuse", {}, -32000, "not today"),
    ],
)
def test_a_command_that_can_not_run_in_the_program_says_why(
    session: agents.Session, method: str, params: Json, code: int, reason: str
) -> None:
    with pytest.raises(CommandError) as refused:
        session.post(f"Jobs.{method}", params)
    assert (refused.value.code, str(refused.value)) == (code, reason)


def test_the_feed_starts_with_the_first_session_and_stops_with_the_last() -> None:
    host = make_host()
    host.add_domain(Jobs)
    first, second = FrontEnd(host), FrontEnd(host)
    log = host.target.feed(JobsFeed).log
    assert log == []
    for front_end in (first, first, second):
        front_end.ask("Jobs.enable")
    first.ask("Jobs.disable")
    assert log == ["start"]
    second.session.close()
    assert log == ["start", "stop"]


def test_each_domain_has_a_feed_of_its_own() -> None:
    class Derived(Jobs):
        """Jobs again."""

    assert Derived.feed is not Jobs.feed
    assert issubclass(Derived.feed, JobsFeed)
