"""Makes one request on a fresh connection with httpx."""

import sys

import httpx

httpx.get(f"{sys.argv[1]}/zipped")

print("done", flush=True)
sys.stdin.read()
