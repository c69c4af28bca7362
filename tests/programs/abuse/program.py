"""A program with domains of its own; it says at its end what it did."""

import sys
import time
import urllib.request
from pathlib import Path

import neighbours

from tapscope.agents import register
from tapscope.channels import lifecycle

server, go, *abused = sys.argv[1:]
register(neighbours.Calm)
if abused:
    for bad in neighbours.BAD:
        register(bad)
for name in ("calm", "raising", "blocking"):
    lifecycle(f"{name}.job")
while not Path(go).exists():
    time.sleep(0.01)
for number in range(10):
    with urllib.request.urlopen(f"{server}/{number}") as response:
        print(response.status, len(response.read()))
    for name in ("raising", "blocking", "calm"):
        with lifecycle(f"{name}.job").exchange(f"{name} {number}"):
            pass
sys.exit(7)
