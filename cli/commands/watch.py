"""``tapscope watch``: prints what a domain of a running host tells, as it tells it."""

from __future__ import annotations

import argparse
import contextlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...agents.launch import DEFAULT_PORT
from ...channels import TapscopeError
from ..address import port_number
from ..event_lines import for_people, print_json
from ..help import parser_of
from ..running_host import RunningHost
from ..terminal import abandon_output, say

if TYPE_CHECKING:
    from ...agents.host.inspector.client import Notification

_DESCRIPTION = """\
Print the events of one domain, such as Network or Database, of a program that
runs under tapscope, until the program ends or until Ctrl-C.  On a terminal they
are set in columns and colours if rich is installed, as it is by
pip install "tapscope[progress]"; otherwise they are plain lines.
"""

_EXAMPLES = """\
examples:
  tapscope watch Database                 the statements that the program executes
  tapscope watch Network --port 9230      of the host at another port
  tapscope watch Database --json | jq .params.statement.statement
"""

_UNUSABLE = 2


class _Undecided(TapscopeError):
    """The host has several targets, or none, and which is meant isn't said."""


class _NoDomain(TapscopeError):
    """The host has no domain of that name."""


def main(arguments: list[str]) -> int:
    """Print events until the host leaves; give 1 or 2 if there are none to be had."""
    options = _parser().parse_args(arguments)
    try:
        _watch(options)
    except BrokenPipeError:
        abandon_output()
    except _Undecided as error:
        say(f"tapscope: {error}")
        return _UNUSABLE
    except TapscopeError as error:
        say(f"tapscope: {error}")
        return 1
    return 0


def _watch(options: argparse.Namespace) -> None:
    host = _host(options)
    url: str = options.url or _only_target(host)
    events = _events(host, options.domain)
    # Not at the top: it brings trio with it, which most errors can do without.
    from ...agents.host.inspector.client import follow

    show = print_json if options.json else for_people(f"{options.domain}.{e}" for e in events)

    def receive(notification: Notification) -> None:
        show(notification.method, notification.params)

    follow(url, options.domain, receive)
    if not options.json:
        say("tapscope: the host has ended, as it does with its last program")


def _host(options: argparse.Namespace) -> RunningHost:
    url: str | None = options.url
    if url is None:
        return RunningHost(options.host, options.port)
    parts = urlsplit(url)
    return RunningHost(parts.hostname or "", parts.port or 80)


def _only_target(host: RunningHost) -> str:
    targets = host.targets()
    if len(targets) == 1:
        return next(iter(targets))
    if not targets:
        raise _Undecided(f"the host at port {host.port} has no target to watch")
    listed = ", ".join(f"{url} ({title})" for url, title in targets.items())
    raise _Undecided(
        f"the host at port {host.port} has several targets: give one as --url: {listed}"
    )


def _events(host: RunningHost, domain: str) -> tuple[str, ...]:
    domains = host.domains()
    if domain not in domains:
        names = ", ".join(name for name, events in domains.items() if events)
        raise _NoDomain(f"the host has no domain {domain}; there are {names}")
    if not domains[domain]:
        raise _NoDomain(f"the domain {domain} has no events to watch")
    return domains[domain]


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("watch", _DESCRIPTION, _EXAMPLES)
    parser.add_argument("domain", metavar="DOMAIN", help="the domain; tapscope domains lists them")
    parser.add_argument(
        "--port",
        type=port_number,
        default=DEFAULT_PORT,
        metavar="N",
        help=f"the port that the host listens on (default: {DEFAULT_PORT})",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="the address that it listens on (default: 127.0.0.1)",
    )
    parser.add_argument(
        "--url",
        type=_websocket_url,
        metavar="ws://...",
        help="the target's WebSocket, as tapscope run prints it, instead of port and address",
    )
    parser.add_argument("--json", action="store_true", help="print each event as one line of JSON")
    return parser


def _websocket_url(text: str) -> str:
    with contextlib.suppress(ValueError):  # a port or an IPv6 address that can't be read
        parts = urlsplit(text)
        if parts.scheme == "ws" and parts.hostname and parts.port != 0:
            return text
    raise argparse.ArgumentTypeError(f"{text!r} is no address of a WebSocket: ws://HOST:PORT/ID")
