"""Makes one request of each kind with requests."""

import sys
from typing import Any

import requests

ORIGIN, NOBODY = sys.argv[1:]
session = requests.Session()


def fetch(method: str, url: str, **options: Any) -> requests.Response:
    return session.request(method, url, **options)  # the call to be found


fetch("GET", f"{ORIGIN}/record", params={"name": "ada"}, headers={"X-Asked-By": "requests"})
fetch("GET", f"{ORIGIN}/page")
fetch("GET", f"{ORIGIN}/picture.png")
fetch("GET", f"{ORIGIN}/zipped")
fetch("POST", f"{ORIGIN}/form", data={"name": "Ada", "note": "a & b"})
fetch("POST", f"{ORIGIN}/submit", json={"numbers": [1, 2]})
fetch("GET", f"{ORIGIN}/old")
try:
    fetch("GET", f"{NOBODY}/refused")
except requests.ConnectionError:
    pass

print("done", flush=True)
sys.stdin.read()
