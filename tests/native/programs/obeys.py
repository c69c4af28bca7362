"""Does with the native module ``backend`` what stdin says, line by line; then says that it is done.

``js__hold*200 0`` is done 200 times; ``stuck 3`` holds the interpreter lock where nobody watches.
SIGUSR1 ends either before its time.
"""

import ctypes
import signal
import sys

import backend  # type: ignore[import-not-found]  # the tests build it


def go_on(*_: object) -> None:
    """What the signal interrupts returns."""


signal.signal(signal.SIGUSR1, go_on)
for line in sys.stdin:
    what, *values = line.split()
    name, _, times = what.partition("*")
    for _ in range(int(times or 1)):
        if name == "stuck":
            ctypes.PyDLL(None).sleep(int(values[0]))
        else:
            getattr(backend, name)(*map(float, values))
    print("done", what, flush=True)
