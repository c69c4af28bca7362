"""A domain that says how its exchanges look."""

from collections.abc import Iterable
from typing import Any, ClassVar

from tapscope.agents.domains import ConsoleLine, Domain, Event, Exchange, Row


class Press(Domain):
    """What is pressed; of what is secret there is no row, and a jam can't be shown."""

    name: ClassVar[str] = "Press"
    lifecycles: ClassVar[tuple[str, ...]] = ("press.sheet",)

    @classmethod
    def row(cls, exchange: Exchange) -> Row | None:
        """Show the sheets as lines."""
        started: dict[str, Any] = exchange.started(dict[str, Any])
        if started["name"] == "secret":
            return None
        if started["name"] == "jam":
            raise RuntimeError("a sheet is stuck")
        lines = [str(chunk["data"]) for chunk in exchange.chunks(dict[str, Any])]
        finished = exchange.finished(dict[str, Any])
        return Row(
            method="PRESS",
            url=f"press://hall/floor/{started['name']}",
            mime_type="text/plain",
            payload=f"press {started['name']}",
            body="".join(f"{line}\n" for line in lines),
            request_headers={"X-Press": "7"},
            response_headers={"X-Lines": str(len(lines)), "Server-Timing": "ink;dur=3"},
            status=409 if finished and finished["result"] == "smudged" else 200,
            status_text=f"{len(lines)} lines",
        )

    @classmethod
    def console(cls, exchange: Exchange, event: Event) -> Iterable[ConsoleLine]:
        """Warn of what is smudged."""
        finished = exchange.finished(dict[str, Any])
        if event is exchange.end and finished and finished["result"] == "smudged":
            yield ConsoleLine(level="warning", text="a sheet is smudged")
