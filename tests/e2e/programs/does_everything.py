"""Makes an exchange of each kind that a HAR file has a place for."""

import sys

import httpx
from websockets.sync.client import connect

ORIGIN, EVENTS, ECHO, NOBODY = sys.argv[1:]
client = httpx.Client(follow_redirects=True)

client.get(f"{ORIGIN}/record", params={"name": "ada", "tag": "a b"})
client.get(f"{ORIGIN}/cookies", headers={"Cookie": "seen=yes; theme=dark"})
client.get(f"{ORIGIN}/picture.png")
client.get(f"{ORIGIN}/zipped")
client.post(f"{ORIGIN}/form", data={"name": "Ada", "note": "a & b"})
client.post(f"{ORIGIN}/submit", json={"numbers": [1, 2]})
client.get(f"{ORIGIN}/old")
with client.stream("GET", f"{EVENTS}/stream") as answer:
    answer.read()
with connect(f"{ECHO}/talk", subprotocols=["chat"]) as socket:
    for message in ("grüß dich", bytes(range(256))):
        socket.send(message)
        socket.recv()
try:
    client.get(f"{NOBODY}/refused")
except httpx.ConnectError:
    pass

print("done", flush=True)
sys.stdin.read()
