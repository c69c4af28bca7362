"""A shop that has its pictures made by a queue."""

from __future__ import annotations

import sys
import time
from concurrent.futures import wait

from jobqueue import Queue


def picture(name: str, seconds: float) -> dict[str, object]:
    """Make a picture, which takes its time."""
    time.sleep(seconds)
    if not name.endswith(".jpg"):
        raise ValueError(f"{name} is no picture")
    return {"name": name, "width": 640, "height": 480}


def main(rounds: int) -> None:
    """Have some pictures made."""
    with Queue("pictures") as pictures:
        wait(
            [
                pictures.submit(f"{number} {name}", picture, name, 0.2)
                for number in range(rounds)
                for name in ("holiday.jpg", "cat.jpg", "letter.txt")
            ]
        )
    print("all pictures are made")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
