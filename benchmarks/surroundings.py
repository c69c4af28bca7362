"""What a benchmark ran on and with: a line below its numbers."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = (
    "tapscope",
    "httpx",
    "httpcore",
    "requests",
    "urllib3",
    "opentelemetry-sdk",
    "opentelemetry-exporter-otlp-proto-http",
    "opentelemetry-instrumentation-httpx",
    "httpdbg",
)


def surroundings() -> str:
    """Name the interpreter, the machine, how busy it was, and every package that matters."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    busy = f"load average {os.getloadavg()[0]:.1f} at the end"
    packages = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)
    return f"{python}; {machine}, {busy}; {packages}."


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "from a checkout"
