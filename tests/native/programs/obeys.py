"""Does with the native module ``backend`` what stdin says, line by line; then says that it is done."""

import sys

import backend  # type: ignore[import-not-found]  # the tests build it

for line in sys.stdin:
    name, *values = line.split()
    getattr(backend, name)(*map(float, values))
    print("done", name, flush=True)
