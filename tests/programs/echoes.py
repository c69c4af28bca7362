"""Says its process id, then repeats what it is told."""

import os
import sys

print(os.getpid(), flush=True)
for line in sys.stdin:
    print(line, end="", flush=True)
