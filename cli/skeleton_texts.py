"""What the files of a skeleton have in them."""

from __future__ import annotations

_PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "$distribution"
version = "0.1.0"
description = "The DevTools domain $domain."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["attrs", "tapscope"]

[project.optional-dependencies]
test = ["pytest"]

# By this every host finds the domain, wherever the package is installed.
[project.entry-points."tapscope.domains"]
$domain = "$package.domain:${domain}Domain"

[tool.setuptools]
packages = ["$package"]

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
filterwarnings = ["error"]
"""
_LIBRARY = '''\
"""The library: it does the work, and says what happens without knowing who listens."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tapscope.channels import lifecycle

T = TypeVar("T")

work = lifecycle("$lifecycle")
"""Each piece of work starts, and finishes or fails."""


def run(title: str, function: Callable[[], T]) -> T:
    """Give what *function* returns; the work is shown as *title*."""
    with work.exchange(title, {"function": function.__name__}) as exchange:
        result = function()
        exchange.finish(result)
        return result
'''
_DOMAIN = '''\
"""The domain: it lives in the host, a process beside the program, and keeps, shows and answers."""

from __future__ import annotations

from typing import Literal

import attrs
from tapscope.agents.domains import Domain, Event, Exchange, ExchangeFailed, Feed, command

LIFECYCLE = "$lifecycle"


@attrs.frozen(kw_only=True)
class Work:
    """A piece of work, from its start on.

    Attributes:
        id: Also that of its row in the Network panel.
    """

    id: str
    title: str
    state: Literal["running", "done", "failed"]

    @classmethod
    def of(cls, exchange: Exchange) -> Work:
        """Read the work that was recorded as *exchange*."""
        return cls(id=exchange.id, title=exchange.started(_Started).name, state=_state(exchange))


@attrs.frozen
class WorkEnded:
    """A piece of work is over, well or not."""

    work: Work


@attrs.frozen
class WorkList:
    """Pieces of work, the oldest first."""

    work: list[Work]


class ${domain}Feed(Feed):
    """Tells all front ends of what happens."""

    def recorded(self, exchange: Exchange, event: Event) -> None:
        """Take what has just happened."""
        del event
        if exchange.end is not None:
            self.send(WorkEnded(Work.of(exchange)))


class ${domain}Domain(Domain):
    """The work of $package."""

    name = "$domain"
    api = range(1, 2)
    lifecycles = (LIFECYCLE,)
    events = (WorkEnded,)
    feed = ${domain}Feed

    @command
    def get_work(self) -> WorkList:
        """List the work that is known."""
        return WorkList([Work.of(exchange) for exchange in self.target.history(LIFECYCLE)])


@attrs.frozen
class _Started:
    """The start of a piece of work, as the library has published it."""

    name: str


def _state(exchange: Exchange) -> Literal["running", "done", "failed"]:
    if exchange.end is None:
        return "running"
    return "failed" if isinstance(exchange.end, ExchangeFailed) else "done"
'''
_TESTS = '''\
"""The domain, seen as a front end sees it; no sockets, no browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tapscope import agents

from $package import run
from $package.domain import ${domain}Domain


@pytest.fixture
def session() -> Iterator[agents.Session]:
    with agents.Session(${domain}Domain) as session:
        yield session


def fails() -> None:
    raise ValueError("no such file")


def test_work_is_listed(session: agents.Session) -> None:
    assert run("count", int) == 0
    [work] = session.post("$domain.getWork")["work"]
    assert (work["title"], work["state"]) == ("count", "done")


def test_whoever_has_enabled_the_domain_is_told(session: agents.Session) -> None:
    session.post("$domain.enable")
    run("count", int)
    with pytest.raises(ValueError, match="no such file"):
        run("open", fails)
    told = [(event.method, event.params["work"]["state"]) for event in session.events]
    assert told == [("$domain.workEnded", "done"), ("$domain.workEnded", "failed")]


def test_work_is_a_row_of_the_network_panel(session: agents.Session) -> None:
    session.post("Network.enable")
    run("count", int)
    [row] = [e for e in session.events if e.method == "Network.requestWillBeSent"]
    assert row.params["request"]["url"].endswith("/count")
'''
_README = """\
# $distribution

The domain `$domain` of the DevTools protocol.
What `$package` does is seen in Chrome DevTools, and can be asked for.

```sh
pip install -e ".[test]"
TAPSCOPE_DEBUG=1 python -m pytest
tapscope domains $domain
```

| file | runs in | does |
|---|---|---|
| `$package/__init__.py` | the program | says what happens: the lifecycle `$lifecycle` |
| `$package/domain.py` | the host | the command `$domain.getWork`, the event `$domain.workEnded` |
| `tests/test_domain.py` | | is a front end: `agents.Session` |

Replace `run()` by the library that this is about, and `Work` by what it works on.
Then run a program that uses it with `tapscope run`.
The Network panel has a row for each piece of work.

*Writing a domain*, in tapscope's documentation, explains every part.
It has more: commands that reach into the program, rows of your own, lines in the Console.
"""
FILES = {
    "pyproject.toml": _PYPROJECT,
    "README.md": _README,
    "$package/__init__.py": _LIBRARY,
    "$package/domain.py": _DOMAIN,
    "tests/test_domain.py": _TESTS,
}
"""The texts, by their paths in the package's folder; both have words to be put in after a $."""
