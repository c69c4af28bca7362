"""No process tells a secret, however it forks and ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.agents.tap.test_fork import FakeHost, listening, run

# Put together, as the command line is told, of which it is a part here.
PROGRAM = """
import logging, random, signal
from tapscope.agents.redaction import CREDENTIALS
from tapscope.channels.log import feed

network.redact(CREDENTIALS)
feed()
logging.lastResort = None

def secret():
    return "QXSEC" + "RET" + format(random.getrandbits(64), "x")

def talk(end=True):
    one = secret()
    headers = [("Authorization", "Bearer " + secret()), ("Content-Type", "application/json")]
    running = ClientExchange.start("POST", f"http://shop/?token={one}", headers)
    running.sent(json.dumps({"password": secret()}).encode())
    logging.getLogger("shop").warning("token=%s", secret())
    try:
        raise ValueError("password=" + secret())
    except ValueError as error:
        logging.exception("failed for " + one)
        if end:
            running.fail(error)
    return running
"""


@pytest.fixture
def host() -> Iterator[FakeHost]:
    with listening() as fake:
        yield fake


@pytest.mark.parametrize(
    "ending",
    [
        "",
        "sys.exit(3)",
        "raise ValueError('password=' + secret())",
        "os._exit(0)",
        "os.kill(os.getpid(), signal.SIGTERM)",
        "in_child(talk); talk()",
        "running = talk(end=False); in_child(lambda: (running.finish(), talk())); running.finish()",
        "in_child(lambda: (talk(), in_child(talk), os._exit(0))); talk()",
        "in_child(lambda: (talk(end=False), os._exit(0)))",
        "[threading.Thread(target=talk).start() for _ in range(9)]; in_child(talk); in_child(talk)",
    ],
)
def test_no_process_tells_it(host: FakeHost, ending: str) -> None:
    """What is kept back when a process ends is told without secrets, or not at all."""
    talks = "for _ in range(30): talk()\nprogram = talk(end=False)\nprint('talked', flush=True)"
    ended = run(host, f"{PROGRAM}\n{talks}\n{ending}")
    assert ended.stdout == "talked\n"
    # Of those that end by force perhaps nothing at all.
    host.programs()
    written = b"".join(host.said)
    assert b"QXSECRET" not in written


def test_what_is_told_of_them_is_all_but_the_secrets(host: FakeHost) -> None:
    """The test above would pass if nothing was told at all."""
    run(host, f"{PROGRAM}\nin_child(talk); talk()")
    host.programs()
    written = b"".join(host.said)
    assert written.count(b"Bearer [redacted]") == written.count(b"?token=[redacted]") == 2
    assert written.count(b'{"password": "[redacted]"}') == 2
