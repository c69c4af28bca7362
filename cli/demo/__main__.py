"""The demonstration itself: an ordinary program, which knows nothing of tapscope."""

from __future__ import annotations

import argparse
import itertools
import sys
import time

from . import server
from .clients import clients
from .exchanges import exchanges
from .pace import add_pace_options

_INVITATION = (
    "Paste the devtools:// address into the address bar of Chrome or Chromium, and watch; "
    "Ctrl-C ends the demonstration."
)


def main() -> int:
    """Make exchanges until Ctrl-C, or for as many rounds as asked."""
    parser = argparse.ArgumentParser(prog="python -m tapscope.cli.demo", allow_abbrev=False)
    add_pace_options(parser)
    options = parser.parse_args()
    try:
        print(_INVITATION, flush=True)
        _go_on(options.rounds, options.pause)
    except KeyboardInterrupt:
        print()
    return 0


def _go_on(rounds: int | None, pause: float) -> None:
    table = exchanges(server.start())
    makers = list(clients())
    for round_ in itertools.count():
        if round_ == rounds:
            return
        for number, exchange in enumerate(table):
            # Each round the next client's turn, so that in time every client makes every request.
            makers[(number + round_) % len(makers)].make(exchange)
            time.sleep(pause)


if __name__ == "__main__":
    sys.exit(main())
