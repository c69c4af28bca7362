"""Sends statements of all kinds to a database in memory."""

import contextlib
import sqlite3
import sys

shop = sqlite3.connect(":memory:")
shop.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, photo BLOB)")
with shop:
    people = [("Ada", b"\x00\x01"), ("Bob", None)]
    shop.executemany("INSERT INTO users (name, photo) VALUES (?, ?)", people)


def find(name):
    return shop.execute("SELECT id, name FROM users WHERE name >= :name", {"name": name}).fetchall()


find("Ada")
with contextlib.suppress(sqlite3.OperationalError):
    shop.execute("SELECT a/b FROM nowhere WHERE x = '?'")

print("done", flush=True)
sys.stdin.read()
