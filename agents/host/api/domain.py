"""What a CDP domain is: a class whose marked methods are its commands."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from weakref import WeakKeyDictionary

from ...link.messages import Event
from ..protocol.structuring import camel
from ..store.exchange import Exchange, read_value
from .command import Command, command, is_command
from .feed import Feed
from .guard import HISTORY
from .rows import ConsoleLine, Row, StreamItem, default_row

if TYPE_CHECKING:
    from ..store.process import Process
    from .session import Session
    from .target import Target

T = TypeVar("T")

API_VERSION = 1
"""Of what a domain can rely on here; it grows when something of it changes or goes."""


class _Commands:
    """The commands of a class, read when they are first asked for.

    Not earlier, as the types in their signatures may stand further down in the module.
    """

    def __init__(self) -> None:
        self._read: WeakKeyDictionary[type[Domain], Mapping[str, Command]] = WeakKeyDictionary()

    def __get__(self, instance: Domain | None, owner: type[Domain]) -> Mapping[str, Command]:
        if owner not in self._read:
            functions = command_functions(owner).items()
            self._read[owner] = {camel(name): Command.of(function) for name, function in functions}
        return self._read[owner]


class Domain:
    """A domain of the protocol; one object for each session that uses it.

    Signatures and attrs classes are the schema, docstrings the descriptions:
    parameters are checked against them before a command runs.  What belongs to
    one session is kept in attributes, what belongs to all in a :class:`Feed`.

    Attributes:
        session: The front end's.
        target: What the front end is attached to.
        enabled: Whether the front end wants the events.
    """

    name: ClassVar[str]
    """On the wire: ``Jobs`` makes ``Jobs.enable``."""
    version: ClassVar[str] = "1.0"
    """Of the domain, as ``Schema.getDomains`` tells it."""
    events: ClassVar[tuple[type, ...]] = ()
    """The attrs classes of its events.  With any, it has commands ``enable`` and ``disable``."""
    types: ClassVar[tuple[type, ...]] = ()
    """The attrs classes that other domains mention, too."""
    lifecycles: ClassVar[tuple[str, ...]] = ()
    """Those whose exchanges it hears of, and shows; ``"*"`` hears of those of all domains."""
    on_demand: ClassVar[bool] = False
    """Whether the programs publish these only while a session has this domain, or Network, enabled.

    Then it costs nothing otherwise, and has no history.
    """
    lossless: ClassVar[bool] = False
    """Whether a front end that reads too slowly is rather disconnected than misses events."""
    feed: ClassVar[type[Feed]] = Feed
    """What it keeps for all sessions; one of its own for each domain that states none."""
    api: ClassVar[range] = range(1, API_VERSION + 1)
    """The versions of this interface that it works with."""
    commands: ClassVar[_Commands] = _Commands()
    """By their names on the wire."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "feed" not in vars(cls):
            # One that is inherited would tell the sessions of both domains.
            cls.feed = type(f"{cls.__name__}Feed", (cls.feed,), {"__module__": cls.__module__})

    def __init__(self, session: Session) -> None:
        self.session = session
        self.target: Target = session.target
        self.enabled: bool = False

    @command
    def enable(self) -> object:
        """Send events from now on."""
        if not self.enabled:
            self.enabled = True
            try:
                self.target.feed(self.feed).add(self)
            except BaseException:
                self.enabled = False
                raise
        return None

    @command
    def disable(self) -> object:
        """Send no more events."""
        if self.enabled:
            self.enabled = False
            self.session.replay(self, None)
            self.target.feed(self.feed).remove(self)
        return None

    def close(self) -> None:
        """The session has left: let go of what this domain holds."""
        self.disable()

    def send(self, event: object) -> None:
        """Send *event*, if the front end wants any."""
        if self.enabled:
            encoded = self.target.encode(self.name, event)
            if encoded is not None:
                self.session.send_event(self, encoded)

    @property
    def replaying(self) -> bool:
        """Whether some of what :meth:`replay` was given is still to be sent."""
        return self.session.is_replaying(self)

    def replay(self, batches: Iterator[Iterable[object]]) -> None:
        """Send the past: the events in *batches*, each made when those before have been taken.

        So it may be of any length, and what a front end that leaves has not taken is never made.
        It ends when the domain is disabled, or replays something else.  What is sent
        meanwhile is there before the batches that are still to be made.  One that raises
        is left out.
        """
        self.session.replay(self, self._encoded(batches))

    def _encoded(self, batches: Iterator[Iterable[object]]) -> Iterator[list[bytes]]:
        guard = self.target.guard
        while batch := guard.call_within(HISTORY, self.name, self._next_batch, batches):
            yield batch[0]

    def _next_batch(self, batches: Iterator[Iterable[object]]) -> tuple[list[bytes], ...]:
        """Give the next batch, encoded, and empty if that fails; nothing at the end."""
        for batch in batches:
            try:
                encoded = [self.target.encode(self.name, event) for event in batch]
            except Exception as error:
                self.target.guard.log(f"something that {self.name} replays can't be shown", error)
                return ([],)
            return ([message for message in encoded if message is not None],)
        return ()

    async def call(
        self,
        function: str,
        returns: type[T],
        arguments: Mapping[str, object],
        process: Process | None = None,
    ) -> T:
        """Call a *function* in the program, and read its result as *returns*.

        The command's deadline holds for it.

        Args:
            function: ``"package.module:function"``, one that is marked with
                :func:`tapscope.channels.remote.remote`.
            returns: An attrs class, or ``object`` for what came as it is.
            arguments: By name; plain data.
            process: Which program; by default the first one that is still there.

        Raises:
            CommandError: The program is gone, the function has failed, or gave something else.
        """
        result = await self.session.call(function, arguments, process or self.target.running())
        return read_value(result, returns, function)

    @classmethod
    def row(cls, exchange: Exchange) -> Row | None:
        """Give how the Network panel shows an exchange of :attr:`lifecycles`.

        ``None`` if it doesn't.  It is called for each event of the exchange.
        """
        return default_row(exchange)

    @classmethod
    def items(cls, exchange: Exchange, chunks: list[Any]) -> Iterable[StreamItem]:
        """Give what the tab EventStream shows of *chunks*, plain data that came of *exchange*.

        For exchanges whose row is of the type ``text/event-stream`` by then.
        """
        del exchange, chunks
        return ()

    @classmethod
    def console(cls, exchange: Exchange, event: Event) -> Iterable[ConsoleLine]:
        """Give what the Console shows of *event*, the newest of *exchange*."""
        del exchange, event
        return ()

    @classmethod
    def overdue(cls, exchange: Exchange, seconds: float) -> Iterable[ConsoleLine]:
        """Give what the Console shows of an *exchange* that has gone on for so many *seconds*.

        That is asked a few times a second until there is something, and then no more.
        """
        del exchange, seconds
        return ()


# Any: what is marked may be of any signature, and even no function.
def command_functions(domain: type[Domain]) -> dict[str, Callable[..., Any]]:
    """Give the marked methods of *domain*, by their names in Python."""
    marked = dict(inspect.getmembers_static(domain, is_command))
    if not domain.events:
        for name in ("enable", "disable"):
            if marked.get(name) is vars(Domain)[name]:
                del marked[name]
    return marked
