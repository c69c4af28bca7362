"""One tab of the browser."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from tests.e2e.client import Client, CommandFailed


class Page:
    """A tab, attached to by its target id.

    Args:
        client: The browser's own connection; all its pages share it.
    """

    def __init__(self, client: Client, target: str) -> None:
        self._client = client
        self._target = target
        attached = client.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session: str = attached["sessionId"]
        self.call("Runtime.enable")

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Give the tab a command, and return its result."""
        return self._client.call(method, self._session, **params)

    def evaluate(self, expression: str) -> Any:
        """Return the JSON value of a JavaScript expression, awaiting a promise.

        Raises:
            CommandFailed: it threw.
        """
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise CommandFailed(str(answer["exceptionDetails"].get("exception", answer)))
        return answer["result"].get("value")

    def click(self, point: str) -> bool:
        """Click as a mouse does; whether there was something to click on.

        Args:
            point: A JavaScript expression: ``[x, y]``, or null while there is nothing.
        """
        found = self.evaluate(point)
        if found is None:
            return False
        x, y = found
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        return True

    def complaints(self) -> list[str]:
        """Return the uncaught exceptions of the page's own scripts, in order."""
        self.evaluate("0")
        return [
            details.get("exception", {}).get("description", details["text"])
            for message in self._client.notifications
            if message.get("sessionId") == self._session
            and (details := message["params"].get("exceptionDetails"))
        ]

    def screenshot(self, path: Path) -> None:
        """Write what the tab shows as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def close(self) -> None:
        """Close the tab."""
        self._client.call("Target.closeTarget", targetId=self._target)
