"""Where a host can be reached."""

from __future__ import annotations

import attrs

from ..link.address import LinkAddress

_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # to print, not to bind


@attrs.frozen(kw_only=True)
class Launched:
    """Where a host can be reached: by programs through the link, by front ends through the port.

    Attributes:
        link: What a program needs in order to join.
        id: The unguessable word in the WebSocket address.
        host: The numeric address that is listened on.
        port: The port that is listened on, never 0.
        page: Which of DevTools' pages to open.
    """

    link: LinkAddress
    id: str
    host: str
    port: int
    page: str

    @property
    def websocket_url(self) -> str:
        """The address for any CDP client on this machine."""
        return f"ws://{self._place}"

    @property
    def devtools_url(self) -> str:
        """The page to paste into the address bar of Chrome or Chromium on this machine."""
        return f"devtools://devtools/bundled/{self.page}.html?ws={self._place}&panel=network"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        return self.host.startswith("127.") or self.host == "::1"

    @property
    def _place(self) -> str:
        host = _LOOPBACK.get(self.host, self.host)
        return f"{f'[{host}]' if ':' in host else host}:{self.port}/{self.id}"
