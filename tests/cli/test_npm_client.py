"""Clients that build their interface from the protocol's description have custom domains, too."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import RUN, Start
from tests.cli.distributions import install_queue
from tests.npm_package import NpmPackageMissingError, installed

PROGRAM = """
import acme_queue
acme_queue.run("first")
print("ready", flush=True)
input()
acme_queue.run("second")
input()
"""
CLIENT = """
const CDP = require("chrome-remote-interface");
const answered = call => call.then(
  result => ({ result }), ({ response }) => ({ code: response.code, message: response.message }));
(async () => {
  const client = await CDP({ port: Number(process.argv[2]) });
  const { Queue } = client;
  await Queue.enable();
  const first = answered(Queue.find({ name: "first" }));
  const told = new Promise(resolve => Queue.jobStarted(resolve));
  console.log(JSON.stringify({
    description: Queue.find.description,
    parameters: Queue.find.parameters,
    found: await first,
    missing: await answered(Queue.find({ name: "third" })),
    wrong: await answered(Queue.find({ name: 3 })),
    paused: (await answered(Queue.pause({ type: "hard" }))).result.type,
    unknown: await answered(client.send("Queue.burn")),
  }));
  console.log(JSON.stringify(await told));
  await client.close();
})();
"""


@pytest.fixture
def modules() -> Path:
    """Where chrome-remote-interface is; without it the test is skipped, in CI it fails."""
    try:
        return installed("chrome-remote-interface", "0.34.0")
    except NpmPackageMissingError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def read(client: subprocess.Popen[str]) -> dict[str, Any]:
    assert client.stdout
    told: dict[str, Any] = json.loads(client.stdout.readline())
    return told


def test_chrome_remote_interface_has_a_custom_domain(
    start: Start, tmp_path: Path, modules: Path
) -> None:
    environment = install_queue(tmp_path / "installed", Queue="acme_queue_domain:Queue")
    running = start(*RUN, "--port", "0", "-c", PROGRAM, env=environment)
    port = running.place()[1]
    assert running.read_line() == "ready\n"
    script = tmp_path / "client.js"
    script.write_text(CLIENT)
    with subprocess.Popen(
        ["node", str(script), str(port)],
        env=os.environ | {"NODE_PATH": str(modules)},
        stdout=subprocess.PIPE,
        text=True,
    ) as client:
        said = read(client)
        running.write_line("go on")
        told = read(client)
    assert client.returncode == 0
    assert said["description"] == "Find a job."
    assert said["parameters"] == {"name": {"type": "string"}}
    assert said["found"]["result"]["name"] == "first"
    assert said["missing"] == {"code": -32000, "message": "there is no job 'third'"}
    assert said["wrong"] == {"code": -32602, "message": "name: expected str, got 3"}
    assert said["paused"] == "hard"
    assert said["unknown"] == {"code": -32601, "message": "'Queue.burn' wasn't found"}
    assert told["name"] == "second"
