"""Reads an event stream with httpx, and then one with requests."""

import sys

import httpx
import requests

ORIGIN = sys.argv[1]

print("done", flush=True)
with httpx.stream("GET", f"{ORIGIN}/httpx", timeout=60) as answer:  # the first call
    for _ in answer.iter_lines():
        pass
with requests.get(f"{ORIGIN}/requests", stream=True, timeout=60) as response:  # the second call
    for _ in response.iter_lines(chunk_size=1):
        pass
sys.stdin.read()
