"""Says its process id, then waits in short steps: a signal is never a read away."""

import os
import time

print(os.getpid(), flush=True)
while True:
    time.sleep(0.02)
