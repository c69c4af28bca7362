"""What every folder of tests may ask for."""

from __future__ import annotations

import linecache
import os
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, settings

from tests import protocol_json as description
from tests.har_schema import HarSchema
from tests.npm_package import NpmPackageMissingError

# A machine may be busy: how long an example takes says nothing.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Python 3.13 keeps there the text of -c, with which parallel workers are started.
linecache.cache.pop("<string>", None)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case with compressed bytes by its parameter: they hold the time they were made."""
    return argname if isinstance(val, bytes) and len(val) > 16 else None


@pytest.fixture(scope="session", autouse=True)
def _state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tapscope remembers of its user out of the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Who signs the certificates of the tests' servers."""
    return trustme.CA()


@pytest.fixture(scope="session")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """What a client needs to trust a server with such a certificate."""
    context = ssl.create_default_context()
    authority.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]
    return context


@pytest.fixture(scope="session")
def protocol_json() -> dict[str, Any]:
    """The protocol's own description; where it can't be had the test is skipped, in CI it fails."""
    try:
        return description.load()
    except description.ProtocolJsonMissingError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def har_schema() -> HarSchema:
    """The schema of HAR files; where it can't be had the test is skipped, in CI it fails."""
    try:
        return HarSchema()
    except NpmPackageMissingError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
