"""The schema of HAR 1.2, and what the format's text asks for that the schema does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from jsonschema import Draft6Validator
from referencing import Registry, Resource

from tests import npm_package

_FILES = (
    "afterRequest", "beforeRequest", "browser", "cache", "content", "cookie", "creator", "entry",
    "har", "header", "log", "page", "pageTimings", "postData", "query", "request", "response",
    "timings",
)  # fmt: skip
_OPTIONAL_PHASES = ("blocked", "dns", "connect", "ssl")
_UNKNOWN = -1

Json = dict[str, Any]


class HarSchema:
    """Judges HAR files.

    Raises:
        NpmPackageMissingError: The schema can't be had.
    """

    def __init__(self) -> None:
        files = [f"lib/{name}.json" for name in _FILES]
        folder = npm_package.folder_of("har-schema", "2.0.0", files)
        schemas = [json.loads((folder / f"{name}.json").read_bytes()) for name in _FILES]
        resources = [(schema["$id"], Resource.from_contents(schema)) for schema in schemas]
        registry = Registry[Any]().with_resources(resources)
        # Any: the library has no types of its own.
        self._validator: Any = Draft6Validator(
            {"$ref": "har.json#"}, registry=registry, format_checker=Draft6Validator.FORMAT_CHECKER
        )

    def complaints(self, har: Json) -> list[str]:
        """What is wrong with a file, a line each."""
        found = [f"{e.json_path}: {e.message}" for e in self._validator.iter_errors(har)]
        if not found:
            pages = {page["id"] for page in har["log"]["pages"]}
            for entry in har["log"]["entries"]:
                found += _complaints(entry, pages)
        return found


def _complaints(entry: Json, pages: set[str]) -> Iterator[str]:
    timings = entry["timings"]
    if entry["pageref"] not in pages:
        yield f"there is no page {entry['pageref']}"
    for phase in ("send", "wait", "receive"):
        if timings[phase] < 0:
            yield f"{phase} is {timings[phase]}, and can't be unknown"
    for phase in _OPTIONAL_PHASES:
        if timings[phase] < 0 and timings[phase] != _UNKNOWN:
            yield f"{phase} is {timings[phase]}"
    phases = [timings[name] for name in timings if not name.startswith("_") and name != "ssl"]
    if abs(entry["time"] - sum(max(phase, 0) for phase in phases)) > 0.01:
        yield f"the phases do not add up to {entry['time']}"
    if timings["ssl"] > timings["connect"]:
        yield "ssl is a part of connect"
    if datetime.fromisoformat(entry["startedDateTime"]).tzinfo is None:
        yield "the beginning has no time zone"
