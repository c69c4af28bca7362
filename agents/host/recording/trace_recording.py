"""A recording of the protocol's messages."""

from __future__ import annotations

import orjson

from ..api.domain import Domain
from ..host import Host
from ..session.runner import Runner
from ..store.sources import map_with_text
from .part_file import PartFile
from .recording import Tally
from .remarks import remarks
from .secrets import without_secrets
from .trace import Header, Json, encode_answer, encode_header

_REQUEST = "Network.requestWillBeSent"
_STARTS = (_REQUEST, "Network.webSocketCreated")
_ENDS = ("Network.loadingFinished", "Network.loadingFailed", "Network.webSocketClosed")
_POST_DATA = "Network.getRequestPostData"
_SCRIPT = "Debugger.scriptParsed"


class TraceRecording:
    """Is a front end of a host that writes down all that it hears.

    What another would ask later, when it is not there any more, is asked at once: bodies as a
    request ends, sources as they occur.

    Args:
        host: One that no program has joined yet.
        creator: Tapscope itself, and its version.
        secrets: Whether cookies and authorization are written, too.
        runner: Enables those domains for which that is async; without it these are left out.
    """

    def __init__(
        self,
        host: Host,
        file: PartFile,
        creator: str,
        *,
        secrets: bool = False,
        runner: Runner | None = None,
    ) -> None:
        self._host = host
        self._file = file
        self._secrets = secrets
        self._size = self._exchanges = self._last = 0
        self._error: OSError | None = None
        self._asked: dict[int, tuple[str, Json]] = {}
        # Those that have not ended, and whether they have bodies.
        self._open: dict[str, bool] = {}
        self._draining = False
        (target,) = host.targets()
        protocol: Json = orjson.loads(host.protocol())
        self._put(
            encode_header(
                Header(creator=creator, title=target.title, url=target.url, protocol=protocol)
            )
        )
        self._session = host.connect(self._drain, runner)
        for domain in list(host.target.domains.values()):
            self._enable(domain)
        host.target.on_domain.append(self._enable)
        self._ask("Schema.getDomains")
        self._ask("Runtime.getIsolateId")

    @property
    def tally(self) -> Tally:
        """See :class:`Recording`."""
        return Tally(self._exchanges, self._size, tuple(remarks(self._host.target)))

    def finish(self) -> Tally:
        """See :class:`Recording`."""
        for request in list(self._open):
            self._ask_bodies(request)
        tally = self.tally
        self._leave()
        try:
            if self._error is not None:
                raise self._error
            self._file.keep()
        except OSError as error:
            raise self._file.failure(error) from error
        return tally

    def discard(self) -> None:
        """See :class:`Recording`."""
        self._leave()
        self._file.discard()

    def _enable(self, domain: type[Domain]) -> None:
        if "enable" in domain.commands:
            self._ask(f"{domain.name}.enable")

    def _leave(self) -> None:
        self._host.target.on_domain.remove(self._enable)
        self._session.close()

    def _drain(self) -> None:
        # Called again for what it causes itself.
        if self._draining:
            return
        self._draining = True
        try:
            while messages := self._session.take():
                for message in messages:
                    self._take(message)
        finally:
            self._draining = False

    def _ask(self, method: str, **params: object) -> None:
        self._last += 1
        self._asked[self._last] = method, params
        command = {"id": self._last, "method": method, "params": params}
        self._session.receive(orjson.dumps(command).decode())

    def _take(self, message: bytes) -> None:
        told: Json = orjson.loads(message)
        if "id" in told:
            method, params = self._asked.pop(told["id"])
            # Not every request has a body.
            if method != _POST_DATA or "result" in told:
                self._put(encode_answer(method, params, told))
            return
        if told["method"] == _SCRIPT:
            self._put(orjson.dumps(self._with_map(told)))
        else:
            self._put(message if self._secrets else orjson.dumps(without_secrets(told)))
        self._follow(told["method"], told["params"])

    def _with_map(self, told: Json) -> Json:
        """Give *told* of a script with the source within, as nobody can load that later."""
        script = self._host.target.sources.find(told["params"]["scriptId"])
        if script is None:
            return told
        return {**told, "params": {**told["params"], "sourceMapURL": map_with_text(script)}}

    def _follow(self, event: str, params: Json) -> None:
        """Ask what can't be asked later."""
        if event == _SCRIPT:
            self._ask("Debugger.getScriptSource", scriptId=params["scriptId"])
        elif event in _STARTS:
            self._exchanges += params.get("redirectResponse") is None
            self._open[params["requestId"]] = event == _REQUEST
        elif event in _ENDS:
            self._ask_bodies(params["requestId"])

    def _ask_bodies(self, request: str) -> None:
        if self._open.pop(request, False):
            self._ask("Network.getResponseBody", requestId=request)
            self._ask(_POST_DATA, requestId=request)

    def _put(self, line: bytes) -> None:
        if self._error is not None:
            return
        try:
            self._file.write(line + b"\n", self._size)
        except OSError as error:
            self._error = error
        else:
            self._size += len(line) + 1
