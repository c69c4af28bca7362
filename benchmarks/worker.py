"""One process that is watched in one way; measures what it is told to on its standard input."""

from __future__ import annotations

import json
import os
import sys

import attrs

from clients import CLIENTS, Measure, Server
from placement import move_to
from variants import VARIANTS


def main(variant: str, port: str, *cores: str) -> None:
    """Answer each line of JSON with one of the same; on these *cores*, if any are given."""
    # What the watched libraries print must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    watch = VARIANTS[variant]()
    if cores:
        # Not before, as a host that is started here stays with those that watch.
        move_to([int(core) for core in cores])
    server, measures = Server(int(port)), dict[str, Measure]()
    answers.write(json.dumps({"url": watch.url}) + "\n")
    for line in sys.stdin:
        asked = json.loads(line)
        client = asked["client"]
        if client not in measures:
            measures[client] = CLIENTS[client](server)
        timing = measures[client](asked["size"], asked["requests"], watch.deliver)
        watch.after_turn()
        answers.write(json.dumps({**attrs.asdict(timing), "recorded": watch.recorded()}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
