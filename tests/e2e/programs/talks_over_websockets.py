"""Opens a WebSocket, and does what it reads from stdin."""

import sys

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

ORIGIN, NOBODY = sys.argv[1:]
CHAT = [Subprotocol("chat")]


def obey(socket: ClientConnection, line: str) -> None:
    """Do one thing."""
    match line.split():
        case ["text"]:
            socket.send('{"greeting": "grüß dich"}')
            socket.recv()
        case ["binary"]:
            socket.send(bytes(range(256)))
            socket.recv()
        case ["pieces"]:
            socket.send(["in three ", "pie", "ces"])
            socket.recv()
        case ["ping"]:
            socket.ping(b"still there?").wait()
        case ["close"]:
            socket.close(4001, "enough")
        case ["fail", path]:
            try:
                connect(f"{NOBODY if path == '/nobody' else ORIGIN}{path}").__enter__()
            except (OSError, WebSocketException):
                pass


with connect(f"{ORIGIN}/talk?to=me", subprotocols=CHAT) as socket:  # the call to be found
    print("done", flush=True)
    for line in sys.stdin:
        obey(socket, line)
