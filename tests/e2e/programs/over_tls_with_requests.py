"""Makes one request on a fresh connection with requests."""

import sys

import requests

requests.get(f"{sys.argv[1]}/zipped")

print("done", flush=True)
sys.stdin.read()
