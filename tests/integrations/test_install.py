"""Putting the hooks in and taking them out, each in a program of its own."""

from __future__ import annotations

import http.client
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tapscope import integrations
from tests.integrations.recording import recording
from tests.integrations.server import Server


def _run(program: str, *arguments: str, path: Path | None = None) -> str:
    """Run *program* and give what it printed, errors included."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(program)]
    environment = {"PYTHONPATH": str(path)} if path else {}
    ended = subprocess.run(
        [*command, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return ended.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to import from, with one library in it."""
    (tmp_path / "library.py").write_text("name = __name__\n")
    return tmp_path


def _bring(folder: Path, library: str, integration: str) -> None:
    """Put a distribution into *folder* that brings an integration."""
    metadata = folder / "theirs-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(
        f"[tapscope.integrations]\n{library} = their_integration\n"
    )
    (folder / "their_integration.py").write_text(integration)


def test_no_library_is_imported_for_being_known() -> None:
    out = _run("""
        import sys
        from tapscope import integrations
        integrations.install()
        known = {"http.client", "urllib.request", "urllib3", "requests", "httpcore", "httpx", "ssl"}
        print(sorted(known & set(sys.modules)))
    """)
    assert out == "[]\n"


def test_nothing_is_imported_that_a_program_may_have_in_its_own_folder() -> None:
    out = _run("""
        import sys
        from tapscope import integrations
        integrations.install()
        names = {"calendar", "csv", "datetime", "email", "random", "tempfile", "zipfile"}
        print(sorted(names & set(sys.modules)))
    """)
    assert out == "[]\n"


@pytest.mark.parametrize("first", ["integrations.install()", "fetch"])
def test_a_library_is_hooked_whether_it_was_there_or_comes(first: str, server: Server) -> None:
    out = _run(
        f"""
        import sys
        from tapscope import channels, integrations
        if {first == "fetch"}:
            import requests
        integrations.install()
        import requests
        channels.subscribe("http.client.start", lambda event, _name: print(event.url))
        requests.get(sys.argv[1])
        """,
        server.url("/redirect"),
    )
    assert out == f"{server.url('/redirect')}\n{server.url('/plain')}\n"


def test_a_module_looks_as_if_nobody_had_waited_for_it() -> None:
    program = """
        import sys
        from tapscope import integrations
        if {install}:
            integrations.install()
        import http.client, requests
        for module in http.client, requests:
            spec = module.__spec__
            print(type(module), type(spec), type(spec.loader), spec.origin)
            print(sorted(vars(spec.loader)))
            print(module.__loader__ is spec.loader)
    """
    assert _run(program.replace("{install}", "True")) == _run(program.replace("{install}", "False"))


def test_installing_twice_hooks_once(server: Server) -> None:
    integrations.install()
    integrations.install()
    with recording() as recorded:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        connection.request("GET", "/plain")
        connection.getresponse().read()
        connection.close()
    assert recorded.only().events == ["start", "headers", "body_chunk", "finish"]


def test_everything_is_put_back() -> None:
    out = _run("""
        import http.client, requests, httpx, httpcore, urllib3, urllib.request, socket, ssl, sys
        owners = [
            http.client.HTTPConnection, requests.Session, httpx.Client, httpx.AsyncClient,
            httpcore.ConnectionPool, httpcore.AsyncConnectionPool, urllib3.HTTPConnectionPool,
            urllib3.PoolManager, urllib.request.OpenerDirector,
            socket, socket.socket, ssl.SSLContext,
        ]
        before = [dict(vars(owner)) for owner in owners], list(sys.meta_path)
        from tapscope import integrations
        undo = integrations.install()
        print([dict(vars(owner)) == old for owner, old in zip(owners, before[0])])
        undo()
        undo()
        print(([dict(vars(owner)) for owner in owners], list(sys.meta_path)) == before)
    """)
    assert out == f"{[False] * 12}\nTrue\n"


@pytest.mark.parametrize(
    ("integration", "fetch"),
    [
        ("http_client", "urllib.request.urlopen(url).close()"),
        ("urllib_request", "urllib.request.urlopen(url).close()"),
        ("urllib3", "urllib3.request('GET', url)"),
        ("requests", "requests.get(url)"),
        ("httpcore", "httpx.get(url)"),
        ("httpx", "httpx.get(url)"),
    ],
)
def test_one_integration_brings_what_it_stands_on(
    integration: str, fetch: str, server: Server
) -> None:
    out = _run(
        f"""
        import sys
        import httpx, requests, urllib.request, urllib3
        from tapscope import channels, integrations
        def tell(event, name):
            if name == "http.client.headers":
                print(event.status, event.connection.connect_start is not None)
        channels.subscribe("http.client.**", tell)
        url = sys.argv[1]
        undo = integrations.{integration}.install()
        {fetch}
        undo()
        {fetch}
        """,
        server.url("/plain"),
    )
    assert out == "200 True\n"


def test_taking_one_back_leaves_what_others_use() -> None:
    out = _run("""
        import http.client, requests
        from tapscope import integrations
        def are_hooked():
            return [hasattr(function, "__wrapped__") for function in (
                http.client.HTTPConnection.send, requests.Session.send)]
        undo_http_client = integrations.http_client.install()
        undo_requests = integrations.requests.install()
        print(are_hooked())
        undo_requests()
        undo_requests()
        print(are_hooked())
        undo_http_client()
        print(are_hooked())
    """)
    assert out == "[True, True]\n[True, False]\n[False, False]\n"


def test_a_hook_that_another_tool_has_wrapped_stays(server: Server) -> None:
    ours = http.client.HTTPConnection.getresponse

    def theirs(self: http.client.HTTPConnection) -> http.client.HTTPResponse:
        return ours(self)

    http.client.HTTPConnection.getresponse = theirs  # type: ignore[method-assign]
    try:
        integrations.uninstall()
        assert http.client.HTTPConnection.getresponse is theirs
        with recording() as recorded:
            connection = http.client.HTTPConnection("127.0.0.1", server.port)
            connection.request("GET", "/plain")
            connection.getresponse().read()
            connection.close()
        assert not recorded
    finally:
        http.client.HTTPConnection.getresponse = ours.__wrapped__  # type: ignore[attr-defined, method-assign]


def test_others_bring_integrations(folder: Path) -> None:
    _bring(
        folder, "library", "def install():\n    import library\n    print('for', library.name)\n"
    )
    out = _run(
        """
        from tapscope import integrations
        integrations.install()
        print("before")
        import library
        print("after")
        """,
        path=folder,
    )
    assert out == "before\nfor library\nafter\n"


@pytest.mark.parametrize(
    "integration", ["1 / 0", "def install():\n    1 / 0\n", "import nothing_like_it", ""]
)
def test_an_integration_that_fails_is_logged_and_left_out(integration: str, folder: Path) -> None:
    _bring(folder, "library", integration)
    out = _run(
        """
        import logging, sys
        logging.basicConfig(format="%(name)s: %(message)s", stream=sys.stdout)
        from tapscope import integrations
        integrations.install()
        import library
        print(library.name)
        """,
        path=folder,
    )
    lines = out.splitlines()
    assert lines[0].startswith("tapscope: the integration of library (their_integration) failed")
    assert lines[-1] == "library"


def test_an_import_that_fails_fails_as_before_and_may_be_tried_again(folder: Path) -> None:
    _bring(folder, "broken", "def install():\n    print('installed')\n")
    (folder / "broken.py").write_text(
        "import os\nif 'MEND' not in os.environ: raise OSError('no')\n"
    )
    out = _run(
        """
        import os
        from tapscope import integrations
        integrations.install()
        try:
            import broken
        except OSError as error:
            print(error)
        os.environ["MEND"] = "1"
        import broken
        """,
        path=folder,
    )
    assert out == "no\ninstalled\n"
