"""Calls the native module ``backend`` in all ways, and hangs in it when stdin says so."""

import contextlib
import sys

import backend  # type: ignore[import-not-found]  # the tests build it

backend.js__named({"page": [1, 2]}, times=3)
backend.js__each(lambda number: None, 3)
with contextlib.suppress(ValueError):
    backend.js__fail("broken")
backend.js__keep(lambda number: None)
print("done", flush=True)

for line in sys.stdin:
    name, value = line.split()
    getattr(backend, name)(float(value) if name == "js__hold" else int(value))
