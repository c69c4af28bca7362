"""``--redact``: what is hidden of a program that was not changed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tapscope.agents.redaction import CREDENTIALS, Rules
from tapscope.cli import redaction, words
from tapscope.cli.redaction_rules import NamedJudge, Redaction
from tests.cli.conftest import Run

SECRET = "sesame-4711-open"
LOG_IN = """
import json, os, subprocess, sys, urllib.request
assert not [name for name in os.environ if name.startswith("TAPSCOPE")]
url, secret = open("given.txt").read().split()
headers = {"Authorization": "Bearer " + secret, "X-Foo": secret, "Content-Type": "application/json"}
data = json.dumps({"user": {"pin": secret}, "password": secret}).encode()
request = urllib.request.Request(url + "?token=" + secret, data, headers)
assert secret in urllib.request.urlopen(request).read().decode()
if len(sys.argv) == 1:
    subprocess.run([sys.executable, "login.py", "child"], check=True)
"""


class _Shop(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Set-Cookie", f"session={SECRET}")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def shop() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["out.har", "out.jsonl"])
def test_no_file_has_it(command: Run, tmp_path: Path, shop: str, name: str) -> None:
    """Of the program and of what it starts; with ``--with-secrets`` as well."""
    (tmp_path / "login.py").write_text(LOG_IN)
    (tmp_path / "given.txt").write_text(f"{shop} {SECRET}")
    rules = ["--redact", "credentials", "--redact=header:X-Foo", "--redact", "json:$.user.pin"]
    ended = command("record", f"-o{name}", "--with-secrets", *rules, "login.py")
    assert ended.code == 0, ended.err
    written = (tmp_path / name).read_text()
    assert "[redacted]" in written
    assert SECRET not in written


def test_a_function_of_the_program_is_called(command: Run, tmp_path: Path, shop: str) -> None:
    """It need not be there before the program runs."""
    (tmp_path / "privacy.py").write_text("def hides(kind, name, value): return 'sesame' in value\n")
    (tmp_path / "login.py").write_text(LOG_IN)
    (tmp_path / "given.txt").write_text(f"{shop} {SECRET}")
    ended = command("record", "-oout.har", "--redact", "call:privacy:hides", "login.py")
    assert ended.code == 0, ended.err
    written = (tmp_path / "out.har").read_text()
    assert "[redacted]" in written
    assert SECRET not in written


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("credentials", CREDENTIALS),
        ("header:X-Foo", Rules(headers={"X-Foo"})),
        ("query:token", Rules(query={"token"})),
        ("json:$.user.password", Rules(json={"$.user.password"})),
        ("json:pin", Rules(json={"pin"})),
        ("field:parameters", Rules(fields={"parameters"})),
        ("call:acme.privacy:Rules.hide", Rules(calls=[NamedJudge("acme.privacy", "Rules.hide")])),
    ],
)
def test_a_rule_has_a_kind(text: str, rules: Rules) -> None:
    assert Redaction.parse(text).rules == rules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jsn:x", "'jsn:x' is no redaction; allowed are credentials, personal, header:NAME"),
        ("", "allowed are"),
        ("header:", "allowed are"),
        ("header:X Foo", "'X Foo' is no header's name"),
        ("json:$.a[", "'$.a[' is no path like"),
        ("call:f", "'f' is not MODULE:FUNCTION"),
    ],
)
def test_what_is_no_rule_is_refused_and_the_message_says_what_is(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        Redaction.parse(text)


def test_a_wrong_rule_runs_nothing(command: Run, tmp_path: Path) -> None:
    """Hiding nothing instead would be worse."""
    ended = command("run", "--redact", "jsn:x", "-c", "open('ran', 'w')")
    assert ended.code == 2
    assert "'jsn:x' is no redaction; allowed are credentials" in ended.err
    assert not (tmp_path / "ran").exists()


def test_the_values_of_the_option_are_not_taken_for_the_program() -> None:
    ours, theirs = words.split(["--redact", "query:a b", "app.py", "--redact", "x"])
    assert ours == ["--redact", "query:a b"]
    assert theirs == ("app.py", "--redact", "x")


def test_what_was_asked_for_goes_on_to_children() -> None:
    told = redaction.words([Redaction.parse("json:$['a b']"), Redaction.parse("credentials")])
    assert all(len(word.split()) == 1 for word in told)
    assert redaction.ours(["wait", *told]) == told
