"""Says its secrets in every place that has a name for them."""

import json
import logging
import os
import sqlite3
import sys

import httpx

ORIGIN, NOBODY = sys.argv[1:]
SECRETS = json.loads(os.environ["SECRETS"])

logging.basicConfig(stream=sys.stdout)
client = httpx.Client()

client.post(
    f"{ORIGIN}/login",
    params={"page": "2", "token": SECRETS["query"]},
    headers={"Authorization": f"Bearer {SECRETS['header']}", "Cookie": f"seen={SECRETS['cookie']}"},
    json={"user": "ada", "password": SECRETS["json"]},
)
client.cookies.clear()
client.post(f"{ORIGIN}/form", data={"name": "ada", "password": SECRETS["form"]})
try:
    client.get(f"{NOBODY}/refused", params={"api_key": SECRETS["refused"]})
except httpx.ConnectError:
    logging.exception("no answer: token=%s", SECRETS["log"])
database = sqlite3.connect(":memory:")
database.execute("SELECT :password AS password", {"password": SECRETS["statement"]}).fetchall()
database.close()

print("done", flush=True)
sys.stdin.read()
