"""Makes one request on a fresh connection with urllib.request."""

import sys
import urllib.request

with urllib.request.urlopen(f"{sys.argv[1]}/zipped") as response:
    response.read()

print("done", flush=True)
sys.stdin.read()
