"""Asks for each address that it reads from stdin, at once."""

import sys
import urllib.request

print("done", flush=True)
for line in sys.stdin:
    with urllib.request.urlopen(line.strip()) as response:
        while response.read1():
            pass
