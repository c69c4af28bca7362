"""Waits for all children it has, and has but one."""

import os

child = os.fork()
if child == 0:
    os._exit(5)
pid, status = os.wait()
print(pid == child, os.waitstatus_to_exitcode(status))
try:
    os.wait()
except ChildProcessError:
    print("no other child")
