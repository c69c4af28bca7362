"""What a starter tells the host process, as it travels through the configuration pipe."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
import orjson
from attrs.validators import deep_iterable, ge, instance_of, optional

from ...channels import TapscopeError


class ConfigError(TapscopeError):
    """The host was given a configuration that it cannot read: its starter is at fault."""


def _integers(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(values)


def _strings(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class HostConfig:
    """All that one host process is told when it starts.

    Attributes:
        inspector_fds: Bound and listening TCP sockets, inherited; front ends come in here.
        link_fd: A bound and listening Unix socket, inherited; programs come in here.
        link_directory: The private directory of that socket; the host removes it at its end.
        inspector_id: The unguessable word in the target's WebSocket address.
        link_token: The secret that a program says first.
        host: The address that the inspector's sockets were bound to.
        port: The port they were bound to, never 0.
        keep: Stay after the last program has ended, to be looked at.
        open_browser: Open Chrome or Chromium on the front end's page.
        page: Which of DevTools' pages that is.
        foreground: The host has a terminal; only Ctrl-C or a signal ends it.
        title: What a list of targets shows.
        url: Where the program's main file is, ``file://...``; empty when it has none.
        allow_origins: Web origins that may connect besides DevTools and the inspector's own.
        patience: Seconds to wait for the first program before giving up.
        max_total: Bytes of all bodies in memory; ``None``, here and below, leaves it to the
            programs.
        max_body: Bytes of one body.
        max_exchanges: How many exchanges are kept.
        spill: Bytes of bodies in a file, for which memory has no room.
    """

    inspector_fds: tuple[int, ...] = attrs.field(
        converter=_integers, validator=deep_iterable(instance_of(int))
    )
    link_fd: int = attrs.field(validator=instance_of(int))
    link_directory: str = attrs.field(validator=instance_of(str))
    inspector_id: str = attrs.field(validator=instance_of(str))
    link_token: str = attrs.field(validator=instance_of(str), repr=False)
    host: str = attrs.field(default="127.0.0.1", validator=instance_of(str))
    port: int = attrs.field(validator=instance_of(int))
    keep: bool = attrs.field(default=False, validator=instance_of(bool))
    open_browser: bool = attrs.field(default=False, validator=instance_of(bool))
    page: str = attrs.field(default="worker_app", validator=instance_of(str))
    foreground: bool = attrs.field(default=False, validator=instance_of(bool))
    title: str = attrs.field(default="python", validator=instance_of(str))
    url: str = attrs.field(default="", validator=instance_of(str))
    allow_origins: tuple[str, ...] = attrs.field(
        default=(), converter=_strings, validator=deep_iterable(instance_of(str))
    )
    patience: float = attrs.field(default=15.0, validator=[instance_of((int, float)), ge(0)])
    max_total: int | None = attrs.field(default=None, validator=optional(instance_of(int)))
    max_body: int | None = attrs.field(default=None, validator=optional(instance_of(int)))
    max_exchanges: int | None = attrs.field(default=None, validator=optional(instance_of(int)))
    spill: int = attrs.field(default=0, validator=[instance_of(int), ge(0)])

    @classmethod
    def from_json(cls, data: bytes) -> HostConfig:
        """Read what ``to_json`` wrote.

        Raises:
            ConfigError: *data* is no JSON object with exactly these attributes.
        """
        try:
            return cls(**orjson.loads(data))
        except (TypeError, ValueError) as error:
            message = f"the host's configuration {data[:200]!r} is not usable: {error}"
            raise ConfigError(message) from error

    def to_json(self) -> bytes:
        """Give the configuration as one JSON object in UTF-8."""
        return orjson.dumps(attrs.asdict(self))
