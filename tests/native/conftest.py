from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.native.building import build
from tests.native.recording import Recording, recording


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the native module ``backend``."""
    folder = tmp_path_factory.mktemp("native")
    build("backend", folder)
    return folder


@pytest.fixture(scope="session")
def backend(built: Path) -> Iterator[ModuleType]:
    """The native module, imported once."""
    import sys

    [path] = built.glob("backend*")
    spec = importlib.util.spec_from_file_location("backend", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["backend"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["backend"]


@pytest.fixture
def recorded() -> Iterator[Recording]:
    with recording() as calls:
        yield calls
