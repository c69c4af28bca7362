"""How domains come to a host, and what is said of those that can't."""

from __future__ import annotations

import sys
import textwrap
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from tapscope import agents
from tapscope.agents.domains import Domain, RegistrationError, command
from tapscope.agents.host.host import DOMAINS, Host
from tapscope.agents.host.registration.loading import checked
from tapscope.agents.link.messages import Listen, Register, Told
from tapscope.agents.program import program
from tapscope.agents.registry import Registry
from tests.agents.host.programs import FakeProgram, FrontEnd, make_host

HEADER = '''
import enum
from typing import Any, Literal, Optional, Union
import attrs
from tapscope.agents.domains import Domain, Feed, command, in_program, remote

@attrs.frozen
class Good:
    """Good."""
    x: int = 0

@attrs.frozen
class Bare:
    x: int
'''
DOMAIN = '''
class Jobs(Domain):
    """The jobs of a queue."""

    name = "Jobs"
    lifecycles = ("acme.jobs",)
'''

Source = Callable[[str], type[Domain]]


class Shop(Domain):
    """What a shop sells."""

    name = "Shop"
    lifecycles = ("acme.shop",)

    @command
    def open(self) -> None:
        """Open it."""


class OtherShop(Domain):
    """Another one of that name."""

    name = "Shop"


class Rare(Domain):
    """Whose events are published only when somebody asks for them."""

    name = "Rare"
    lifecycles = ("acme.rare",)
    on_demand = True


class Main(Domain):
    """Pretends that it stands in the script that runs."""

    name = "Main"


Main.__module__ = "__main__"


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Source:
    """Make the class ``Jobs`` of a module with that text."""

    def make(text: str) -> type[Domain]:
        module = types.ModuleType("acme_made")
        monkeypatch.setitem(sys.modules, "acme_made", module)
        exec(HEADER + textwrap.dedent(text), vars(module))
        made: type[Domain] = module.Jobs
        return made

    return make


def problems_of(domain: object) -> list[str]:
    with pytest.raises(RegistrationError) as refused:
        checked(domain)
    first, *lines = str(refused.value).split("\n")
    assert "acme_made.Jobs" in first
    return [line.removeprefix("  - ") for line in lines]


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ("name = None", ["name: is missing, as in name = 'Jobs'"]),
        ("name = 'jobs'", ["name: is letters and digits after a capital letter, not 'jobs'"]),
        ("name = 'Jobs.x'", ["name: is letters and digits after a capital letter, not 'Jobs.x'"]),
        ("name = 3", ["name: is letters and digits after a capital letter, not 3"]),
        ("version = 2", ["version: is a text such as '1.0', not 2"]),
        ("feed = int", ["feed: is a subclass of Feed, not <class 'int'>"]),
        (
            "lifecycles = 'acme.jobs'",
            ["lifecycles: is a tuple of names, not 'acme.jobs'; a comma makes one: ('jobs',)"],
        ),
        (
            "lifecycles = ('Acme.Jobs', 'x.*')",
            [
                "lifecycles: 'Acme.Jobs' is no name of one: those are dotted and lower-case",
                "lifecycles: 'x.*' is no name of one: those are dotted and lower-case",
            ],
        ),
        (
            "events = (Good)",
            [
                ("events: is a tuple, not <class 'acme_made.Good'>; a comma makes one of a single "
                "class: (Job,)")
            ],
        ),
        ("events = (Good, int)", ["events: int is no attrs class"]),
        ("events = (Good, 'x')", ["events: 'x' is not an attrs class"]),
        ("events = (Good, Good)", ["events: two are called good on the wire"]),
        ("events = (Bare,)", ["Bare: has no docstring, which is to be its description"]),
        ("types = (int,)", ["types: int is neither an attrs class nor an Enum"]),
        (
            "types = (enum.Enum('Mood', {'GOOD': 1}),)",
            [
                "Mood: has no docstring, which is to be its description",
                "Mood: the values of Mood are not all texts",
            ],
        ),
        ("def enable(self) -> None: pass", [("enable: stands for a command, but is not marked "
                                            "with @command")]),
    ],
)  # fmt: skip
def test_a_class_has_to_describe_itself(source: Source, body: str, problems: list[str]) -> None:
    assert problems_of(source(DOMAIN + textwrap.indent(body, "    "))) == problems


@pytest.mark.parametrize(
    ("method", "problems"),
    [
        ("def do(self) -> None: pass", [": has no docstring, which is to be its description"]),
        ("def do(self, x) -> None: '''Do.'''", [": parameter x: has no type"]),
        (
            "def do(self, *x: int, **y: int) -> None: '''Do.'''",
            [
                ": can't take *x, as each parameter is described",
                ": can't take **y, as each parameter is described",
            ],
        ),
        (
            "def do(self, x: int, /) -> None: '''Do.'''",
            [": parameter x: is positional only, and commands are called by keywords"],
        ),
        (
            "def do(self, x: Optional[int]) -> None: '''Do.'''",
            [": parameter x: needs a default, as it can be None: on the wire it is left out then"],
        ),
        (
            "def do(self, a_b: int, aB: int) -> None: '''Do.'''",
            [": parameter a_b and aB: two are called aB on the wire"],
        ),
        (
            "def do(self, _x: int) -> None: '''Do.'''",
            [": parameter _x: the name of a parameter can't begin with an underscore"],
        ),
        ("def do() -> None: '''Do.'''", [": its first parameter has to be self"]),
        ("def do(self): '''Do.'''", [": doesn't say what it returns: None, or an attrs class"]),
        (
            "def do(self) -> int: '''Do.'''",
            [": returns int, but a result is None or an attrs class, whose fields it has"],
        ),
        (
            "def do(self) -> Good | None: '''Do.'''",
            [
                (
                    ": returns acme_made.Good | None, but a result is None or an attrs class, "
                    "whose fields it has"
                )
            ],
        ),
        (
            "def do(self, x: 'Nowhere') -> None: '''Do.'''",
            [": its types have to be found in its module, and name 'Nowhere' is not defined"],
        ),
        (
            "def do(self) -> None:\n    '''Do.'''\n    yield",
            [": a command returns its result, and yields nothing"],
        ),
        (
            "@classmethod\ndef do(cls) -> None: '''Do.'''",
            [": a command is a method, and no class method, static method or property"],
        ),
    ],
)
def test_a_command_has_to_describe_itself(source: Source, method: str, problems: list[str]) -> None:
    body = textwrap.indent(f"@command\n{method}", "    ")
    assert problems_of(source(DOMAIN + body)) == [f"do{problem}" for problem in problems]


@pytest.mark.parametrize(
    ("hint", "problem"),
    [
        ("bytes", "bytes is nothing that the protocol has"),
        ("list", "list is nothing that the protocol has"),
        ("set[str]", "set[str] is nothing that the protocol has"),
        ("tuple[int, int]", "tuple[int, int] is nothing that the protocol has"),
        ("Literal[1]", "typing.Literal[1] is nothing that the protocol has"),
        ("dict[int, str]", "the keys of dict[int, str] are no texts"),
        ("int | str", "int | str is a union, of which the protocol has only X | None"),
        ("int | str | None = None", "[int, str] is a union"),
        ("list[int | None]", "int | None is a union"),
        ("'list[Nowhere]'", "name 'Nowhere' is not defined"),
        ("Feed", "Feed is nothing that the protocol has"),
    ],
)
def test_a_type_that_the_protocol_has_not_is_named_with_where_it_is(
    source: Source, hint: str, problem: str
) -> None:
    text = f'''
@attrs.frozen
class Told:
    """It."""
    deep: {hint}

@attrs.frozen
class Outer:
    """Around it."""
    inner: dict[str, list[Told]]
{DOMAIN}
    events = (Outer,)
'''
    [line] = problems_of(source(text))
    assert line.startswith("Told")
    assert problem in line


@pytest.mark.parametrize(
    ("function", "problem"),
    [
        ("def do() -> None: '''Do.'''", "do is not marked with @tapscope.channels.remote.remote"),
        (
            "@remote\nasync def do() -> None: '''Do.'''",
            "do is async, but it is called in a thread of the program's",
        ),
        (
            "@remote\ndef do(process: int = 1) -> None: '''Do.'''",
            "parameter process: says which program is asked; call it something else",
        ),
        (
            "@remote\ndef do(good: Good) -> None: '''Do.'''",
            "takes a Good, but what runs in the program takes plain data",
        ),
        (
            (
                "class Live:\n    @staticmethod\n    @remote\n    def do() -> None: '''Do.'''\n"
                "do = Live.do"
            ),
            "is no function of a module, which the program could find",
        ),
        ("@remote\ndef do() -> int: '''Do.'''", "returns int, but a result is None"),
        ("@remote\ndef do() -> None: pass", "has no docstring"),
    ],
)
def test_a_function_of_the_program_has_to_be_one_that_it_can_call(
    source: Source, function: str, problem: str
) -> None:
    [line] = problems_of(source(f"{function}\n{DOMAIN}\n    do = in_program(do)\n"))
    assert line.startswith("do: ")
    assert problem in line


@pytest.mark.parametrize("name", ["send", "call", "close", "row", "console"])
def test_a_command_can_not_be_called_what_every_domain_has(source: Source, name: str) -> None:
    body = f"    @command\n    def {name}(self) -> None: 'Do.'\n"
    expected = f"{name}: is what every domain has; call the command something else"
    assert problems_of(source(DOMAIN + body)) == [expected]


@pytest.mark.parametrize("signature", ["async def disable(self)", "def disable(self, x: int)"])
def test_a_front_end_that_leaves_can_not_wait_or_say_more(source: Source, signature: str) -> None:
    body = f"    events = (Good,)\n    @command\n    {signature} -> None: 'Do.'\n"
    expected = "disable: takes nothing and is not async, as it is called when a front end leaves"
    assert problems_of(source(DOMAIN + body)) == [expected]


def test_a_class_that_breaks_its_own_check_is_refused(source: Source) -> None:
    text = f"""
class Odd(type):
    def __getattribute__(cls, name):
        if name == "lifecycles":
            raise OSError("odd")
        return super().__getattribute__(name)
{DOMAIN.replace("(Domain)", "(Domain, metaclass=Odd)")}"""
    assert problems_of(source(text)) == ["it can't be described: OSError('odd')"]


@pytest.mark.parametrize("deadline", ["0", "-1.5", "float('nan')", "max", "None"])
def test_a_deadline_is_a_time_to_come(source: Source, deadline: str) -> None:
    body = f"    @command(deadline={deadline})\n    async def do(self) -> None: 'Do.'\n"
    [problem] = problems_of(source(DOMAIN + body))
    assert problem.startswith("do: the deadline is a number of seconds above 0, not ")


def test_two_domains_can_not_have_one_feed(source: Source) -> None:
    text = f"""{DOMAIN}
    feed = Feed = type("OneFeed", (Feed,), {{}})
class Others(Jobs):
    "Other jobs."
    name = "Others"
    feed = Jobs.feed
"""
    jobs = source(text)
    others: type[Domain] = vars(sys.modules["acme_made"])["Others"]
    host = make_host()
    host.add_domain(jobs)
    with pytest.raises(RegistrationError, match=r"its feed, acme_made.OneFeed, is that of the"):
        host.add_domain(others)


def test_two_commands_of_one_name_on_the_wire_are_an_error(source: Source) -> None:
    body = "".join(
        f"    @command\n    def {name}(self) -> None: 'Do.'\n" for name in ("get_url", "getURL")
    )
    expected = "getURL and get_url: two are called getURL on the wire"
    assert problems_of(source(DOMAIN + body)) == [expected]


def test_two_types_of_one_name_are_an_error(source: Source) -> None:
    text = f'''
class Inner:
    @attrs.frozen
    class Good:
        """Another one."""

@attrs.frozen
class Pair:
    """Both of them."""
    first: Good
    second: Inner.Good
{DOMAIN}
    events = (Pair,)
'''
    expected = "Good: is the name of acme_made.Good and acme_made.Inner.Good"
    assert problems_of(source(text)) == [expected]


def test_all_problems_are_told_at_once(source: Source) -> None:
    text = """
class Jobs(Domain):
    name = "jobs"
    events = (Bare,)

    @command
    def do(self, x) -> None: ...
"""
    assert len(problems_of(source(text))) == 5


@pytest.mark.parametrize(
    ("api", "problem"),
    [
        (
            "range(3, 5)",
            "it needs API 3 or newer of tapscope; this one has 1: upgrade tapscope",
        ),
        (
            "range(0, 1)",
            (
                "it works with API 0 or older of tapscope; this one has 1: upgrade the domain's "
                "package"
            ),
        ),
        ("range(1, 1)", "api: is a range of versions, such as range(1, 2), not range(1, 1)"),
        ("1", "api: is a range of versions, such as range(1, 2), not 1"),
    ],
)
def test_of_a_class_for_another_api_only_that_is_told(
    source: Source, api: str, problem: str
) -> None:
    assert problems_of(source(f"{DOMAIN}\n    api = {api}\n    events = (Bare,)")) == [problem]


@pytest.mark.parametrize("thing", [3, "Jobs", int, Shop])
def test_what_is_no_class_of_a_domain_is_refused(thing: object) -> None:
    if thing is Shop:
        thing = object.__new__(Shop)
    with pytest.raises(RegistrationError, match="is no domain: no subclass of Domain"):
        checked(thing)


# What the program says.


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The process's registry, for one test."""
    fresh = Registry()
    monkeypatch.setattr("tapscope.agents.registry.registry", fresh)
    monkeypatch.setattr("tapscope.agents.session.registry", fresh)
    monkeypatch.setattr(program, "_registered", [])
    return fresh


@pytest.mark.usefixtures("registry")
def test_a_session_has_what_was_registered_before_and_what_is_registered_later() -> None:
    assert agents.register(Shop) is Shop
    with agents.Session() as session:
        assert session.post("Shop.open") == {}
        agents.register(Rare)
        agents.register(Rare)
        names = [d["name"] for d in session.post("Schema.getDomains")["domains"]]
        assert names[-2:] == ["Shop", "Rare"]
    agents.register(Shop)


@pytest.mark.usefixtures("registry")
def test_a_session_can_be_given_domains_that_no_other_has() -> None:
    class Local(Domain):
        """Of this test alone."""

        name = "Local"
        lifecycles = ("acme.local",)

    with agents.Session(Local, Shop) as session, agents.Session() as other:
        for expected, each in ((True, session), (False, other)):
            names = [d["name"] for d in each.post("Schema.getDomains")["domains"]]
            assert ("Local" in names) is expected
    with pytest.raises(RegistrationError, match="is no domain"):
        agents.Session(int)  # type: ignore[arg-type]
    with pytest.raises(RegistrationError, match="the name Shop is that of"):
        agents.Session(Shop, OtherShop)


@pytest.mark.usefixtures("registry")
def test_a_class_that_the_host_could_not_import_is_refused_at_once() -> None:
    class Local(Domain):
        """In a function."""

        name = "Local"

    with pytest.raises(RegistrationError, match=r"is defined in a function, .* top of a module"):
        agents.register(Local)
    with pytest.raises(RegistrationError, match="is defined in the script that runs"):
        agents.register(Main)


@pytest.mark.usefixtures("registry")
def test_a_name_that_is_taken_is_refused_in_the_program() -> None:
    agents.register(Shop)
    with pytest.raises(RegistrationError) as refused:
        agents.register(OtherShop)
    assert str(refused.value) == (
        f"the class {__name__}.OtherShop can't be registered: the name Shop is that of "
        f"{__name__}.Shop; call it something else"
    )


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("name", [domain.name for domain in DOMAINS])
def test_the_names_of_our_own_are_protected(source: Source, name: str) -> None:
    made = source(DOMAIN.replace('"Jobs"', f'"{name}"'))
    with pytest.raises(RegistrationError, match=f"the name {name} is built into tapscope"):
        agents.register(made)
    with pytest.raises(RegistrationError, match=f"the name {name} is built into tapscope"):
        make_host().add_domain(made)


# What the host does with it.


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of modules that only the program finds."""
    monkeypatch.setattr("sys.path", [*sys.path])
    return tmp_path


def write(folder: Path, module: str, text: str) -> None:
    (folder / f"{module}.py").write_text(HEADER + text)


def told(linked: FakeProgram) -> list[str]:
    return [message.text for message in linked.heard if isinstance(message, Told)]


def domains(host: Host) -> list[str]:
    listed = FrontEnd(host).ask("Schema.getDomains")["domains"]
    return [domain["name"] for domain in listed]


def test_the_host_imports_what_a_program_registers_from_where_that_finds_it(folder: Path) -> None:
    write(folder, "acme_registered", DOMAIN)
    host = make_host()
    first, second = FakeProgram(host), FakeProgram(host)
    register = Register("acme_registered", "Jobs", (str(folder),))
    first.say(register)
    second.say(register)
    assert domains(host)[-1] == "Jobs"
    assert "Jobs" in host.protocol().decode()
    for linked in (first, second):
        last = [message for message in linked.heard if isinstance(message, Listen)][-1]
        assert "acme.jobs" in last.lifecycles
        assert told(linked) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "can't be imported by the host: No module named 'acme_wrong'"),
        ("1/0", "can't be imported by the host: ZeroDivisionError('division by zero')"),
        ("raise SystemExit(3)", "can't be imported by the host: its import raises SystemExit(3)"),
        ("x = 1", "AttributeError(\"module 'acme_wrong' has no attribute 'Jobs'\")"),
        ("Jobs = 3", "3 is no domain: no subclass of Domain"),
        (DOMAIN.replace('"""The jobs of a queue."""', ""), "Jobs: has no docstring"),
        (DOMAIN.replace('"Jobs"', '"Network"'), "the name Network is built into tapscope"),
    ],
)
def test_what_can_not_be_used_is_told_to_the_program_and_in_the_console(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, reason: str
) -> None:
    monkeypatch.delitem(sys.modules, "acme_wrong", raising=False)
    if text is not None:
        write(folder, "acme_wrong", text)
    host = make_host()
    linked, other = FakeProgram(host), FakeProgram(host)
    linked.say(Register("acme_wrong", "Jobs", (str(folder),)))
    [line] = told(linked)
    assert reason in line
    assert told(other) == []
    assert [notice.text for notice in host.target.notices] == [line]
    assert domains(host) == [domain.name for domain in DOMAINS]


def test_an_import_that_does_not_end_is_given_up(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tapscope.agents.host.registration.loading.IMPORT", 0.05)
    write(folder, "acme_hangs", "import time\nwhile not hasattr(time, 'acme'): time.sleep(0.01)")
    host = make_host()
    linked = FakeProgram(host)
    register = Register("acme_hangs", "Jobs", (str(folder),))
    linked.say(register, register)
    monkeypatch.setattr("time.acme", "go on", raising=False)
    first, second = told(linked)
    assert "its import takes longer than 0.05 s" in first
    assert "its import has not ended yet" in second


# What is installed.


def install(folder: Path, package: str, version: str, **entry_points: str) -> None:
    """Make a distribution as pip would have left it in *folder*."""
    info = folder / f"{package.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    lines = [f"{name} = {value}" for name, value in entry_points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[tapscope.domains]", *lines]))


def test_a_host_has_the_domains_that_are_installed(folder: Path) -> None:
    sys.path.insert(0, str(folder))
    write(folder, "acme_installed", DOMAIN)
    install(folder, "acme-jobs", "1.2", Jobs="acme_installed:Jobs", Again="acme_installed:Jobs")
    host = make_host()
    host.discover()
    assert domains(host) == [*(domain.name for domain in DOMAINS), "Jobs"]
    linked = FakeProgram(host)
    assert told(linked) == []
    [listen] = [message for message in linked.heard if isinstance(message, Listen)]
    assert "acme.jobs" in listen.lifecycles


def test_what_is_installed_and_can_not_be_used_is_told_to_every_program(folder: Path) -> None:
    sys.path.insert(0, str(folder))
    write(folder, "acme_one", DOMAIN)
    write(folder, "acme_two", DOMAIN)
    write(folder, "acme_ends", "import sys\nsys.exit(3)")
    install(folder, "acme-jobs", "1.2", A="acme_one:Jobs", B="acme_two:Jobs", C="acme_ends:X")
    install(folder, "beta", "7", Network="acme_nowhere:X", Bad="acme_one:Good")
    host = make_host()
    early = FakeProgram(host)
    host.discover()
    assert domains(host)[-1] == "Jobs"
    left_out = {
        "B of acme-jobs": "the class acme_two.Jobs can't be registered: the name Jobs is that of "
        "acme_one.Jobs; call it something else",
        "Bad of beta": "<class 'acme_one.Good'> is no domain: no subclass of Domain",
        "C of acme-jobs": "acme_ends:X can't be imported: its import raises SystemExit(3)",
        "Network of beta": "acme_nowhere:X can't be imported: No module named 'acme_nowhere'",
    }
    expected = [f"the domain {name} is left out: {why}" for name, why in left_out.items()]
    assert told(early) == told(FakeProgram(host)) == expected
    assert [notice.text for notice in host.target.notices] == expected
