"""A host that runs already, as it describes itself to whoever asks its port."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any

import attrs

from ..channels import TapscopeError

_PATIENCE = 10.0  # seconds
_OK = 200


class NoHost(TapscopeError):
    """Nobody listens at an address, or somebody who isn't a host."""


@attrs.frozen
class RunningHost:
    """A host by its address; every question is a request of its own.

    Each of the questions raises `NoHost` if no host answers it.
    """

    host: str
    port: int

    def targets(self) -> Mapping[str, str]:
        """Ask for the targets' titles, by their WebSockets' addresses."""
        listed = self._ask("/json/list")
        try:
            return {each["webSocketDebuggerUrl"]: each["title"] for each in listed}
        except (KeyError, TypeError) as error:
            raise self._stranger() from error

    def domains(self) -> Mapping[str, tuple[str, ...]]:
        """Ask for the domains' names, with those of their events."""
        described = self._ask("/json/protocol")
        try:
            return {
                domain["domain"]: tuple(event["name"] for event in domain.get("events", []))
                for domain in described["domains"]
            }
        except (KeyError, TypeError) as error:
            raise self._stranger() from error

    def _ask(self, path: str) -> Any:
        # Not by urllib, which would ask a proxy that the environment names.
        connection = HTTPConnection(self.host, self.port, timeout=_PATIENCE)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
        except OSError as error:
            reason = error.strerror or str(error)
            raise NoHost(
                f"nobody listens at {self.host} port {self.port} ({reason}): "
                "see what tapscope run said, and give --port"
            ) from error
        except HTTPException as error:
            raise self._stranger() from error
        finally:
            connection.close()
        if response.status != _OK:
            raise self._stranger()
        try:
            return json.loads(body)
        except ValueError as error:
            raise self._stranger() from error

    def _stranger(self) -> NoHost:
        return NoHost(f"what listens at {self.host} port {self.port} is no host of tapscope")
