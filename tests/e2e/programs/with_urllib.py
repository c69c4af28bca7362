"""Makes one request of each kind with urllib.request."""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

ORIGIN, NOBODY = sys.argv[1:]


def fetch(url: str, data: bytes | None = None, headers: dict[str, str] = {}) -> bytes:
    request = urllib.request.Request(url, data, headers)
    with urllib.request.urlopen(request) as response:  # the call to be found
        body: bytes = response.read()
        return body


fetch(f"{ORIGIN}/record?name=ada", headers={"X-Asked-By": "urllib"})
fetch(f"{ORIGIN}/page")
fetch(f"{ORIGIN}/picture.png")
fetch(f"{ORIGIN}/zipped")
fetch(f"{ORIGIN}/form", urllib.parse.urlencode({"name": "Ada", "note": "a & b"}).encode())
fetch(
    f"{ORIGIN}/submit",
    json.dumps({"numbers": [1, 2]}).encode(),
    {"Content-Type": "application/json"},
)
fetch(f"{ORIGIN}/old")
try:
    fetch(f"{NOBODY}/refused")
except urllib.error.URLError:
    pass

print("done", flush=True)
sys.stdin.read()
