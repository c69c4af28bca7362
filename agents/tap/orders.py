"""What the host has to say to the program."""

from __future__ import annotations

from collections.abc import Callable

from ...channels._origins import want_origins
from ..link import Carrier, Decoder, LinkClosed
from ..link.messages import Call, Listen, Message, Refused, Released, Returned, StackDepth, Told
from .calls import Calls
from .gate import Gate
from .listening import Listening


class Orders:
    """Does what the host says.

    Args:
        listening: Hears what the host wants to be told of.
        gate: Is opened when the host lets the program go on.
        answer: Takes the outcomes of the host's calls, in any thread.
        on_told: Takes each line that the host has for the program's standard error.
    """

    def __init__(
        self,
        listening: Listening,
        gate: Gate,
        answer: Callable[[Returned], object],
        on_told: Callable[[str], object],
    ) -> None:
        self._listening = listening
        self._gate = gate
        self._answer = answer
        self._calls = Calls(answer)
        self._on_told = on_told
        self.restart()

    def restart(self) -> None:
        """Forget what was read only in part: another link begins."""
        self._decoder = Decoder(magic=False)

    def read(self, carrier: Carrier) -> None:
        """Do what has arrived.

        Raises:
            LinkClosed: The host is gone, or will have nothing to do with this program.
            LinkError: It talks nonsense.
        """
        while data := carrier.read():
            for message in self._decoder.feed(data):
                self._take(message)

    def _take(self, message: Message) -> None:
        match message:
            case Released():
                self._gate.open()
            case Refused():
                raise LinkClosed(message.reason)
            case Listen():
                self._listening.only(message.lifecycles)
            case StackDepth():
                want_origins(message.depth)
            case Told():
                self._on_told(message.text)
            case Call():
                if (refusal := self._calls.start(message)) is not None:
                    self._answer(refusal)
            case _:
                pass
