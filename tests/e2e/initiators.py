"""What DevTools takes for the cause of what, asked of the very model that its tabs show."""

from __future__ import annotations

import attrs
import cattrs

from tests.e2e.panel import Panel

_GRAPH = """(async () => {
  const { NetworkLog } = await import("devtools://devtools/bundled/models/logs/logs.js");
  const log = NetworkLog.NetworkLog.instance();
  const isLabel = header => header.name.toLowerCase() === "x-label";
  const label = request => request.requestHeaders().find(isLabel)?.value ?? "";
  return log.requests().map(request => ({
    url: request.url(),
    type: request.resourceType().name(),
    label: label(request),
    caused: [...log.initiatorGraphForRequest(request).initiated.keys()]
      .filter(other => other !== request)
      .map(other => `${other.url().split("#")[0]} ${label(other)}`.trim()),
  }));
})()"""


@attrs.frozen
class Caused:
    """A row, and all that hangs under it in its Initiator tab.

    Attributes:
        label: The value of its request's header ``X-Label``.
        caused: Their URLs without fragments, each with its label; the children of children, too.
    """

    url: str
    type: str
    label: str
    caused: list[str]


def read_initiators(panel: Panel) -> list[Caused]:
    """Return what each row has caused, in the order of the rows."""
    # Before there are rows, there is no log yet, and asking for it would make one too early.
    panel.wait_for_rows(bool)
    return cattrs.structure(panel.page.evaluate(_GRAPH), list[Caused])
