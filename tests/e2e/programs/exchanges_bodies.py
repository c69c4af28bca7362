"""Asks for bodies of all kinds with http.client, and sends some."""

import gzip
import http.client
import sys
from collections.abc import Iterator

connection = http.client.HTTPConnection(sys.argv[1])

FORM = b"""\
--B\r
Content-Disposition: form-data; name="title"\r
\r
caf\xc3\xa9\r
--B\r
Content-Disposition: form-data; name="picture"; filename="p.png"\r
Content-Type: image/png\r
\r
\x89PNG\xff\x00\r
--B--\r
"""


def stream() -> Iterator[bytes]:
    yield b'{"pieces": '
    yield b"[1, 2]}"


def ask(method: str, path: str, body: object = None, **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named, encode_chunked=not isinstance(body, bytes))
    connection.getresponse().read()


for path in ("br", "zstd", "twice", "wrong", "euro", "long", "picture"):
    ask("GET", f"/{path}")
ask("POST", "/form", FORM, Content_Type="multipart/form-data; boundary=B")
packed = gzip.compress(b'{"packed": true}')
ask("POST", "/packed", packed, Content_Type="application/json", Content_Encoding="gzip")
ask("POST", "/streamed", stream(), Content_Type="application/json")

print("done", flush=True)
sys.stdin.read()
