"""Makes one request of each kind with http.client, which follows no redirect by itself."""

import http.client
import sys
import urllib.parse

ORIGIN, NOBODY = (urllib.parse.urlsplit(word) for word in sys.argv[1:])
kept = http.client.HTTPConnection(ORIGIN.netloc)


def fetch(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: str | None = None,
    headers: dict[str, str] = {},
) -> bytes:
    connection.request(method, path, body, headers)  # the call to be found
    return connection.getresponse().read()


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}

fetch(kept, "GET", "/record?name=ada", headers={"X-Asked-By": "http.client"})
fetch(kept, "GET", "/page")
fetch(kept, "GET", "/picture.png")
fetch(kept, "GET", "/zipped")
fetch(kept, "POST", "/form", urllib.parse.urlencode({"name": "Ada", "note": "a & b"}), FORM)
fetch(kept, "POST", "/submit", '{"numbers": [1, 2]}', JSON)
fetch(kept, "GET", "/old")
fetch(kept, "GET", "/new")
try:
    fetch(http.client.HTTPConnection(NOBODY.netloc), "GET", "/refused")
except ConnectionRefusedError:
    pass

print("done", flush=True)
sys.stdin.read()
