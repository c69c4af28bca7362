"""What tapscope knows about its own channels, and what it says about their events."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import pytest

from tapscope.channels import channel, known_channels, subscribe
from tapscope.channels.catalog import WELL_KNOWN, catalog


def well_known() -> list[Any]:
    for name in (*WELL_KNOWN, "work", "audit"):
        import_module(f"tapscope.channels.{name}")
    found = {
        known.event
        for known in known_channels()
        if known.event is not None and known.event.__module__.startswith("tapscope.channels")
    }
    return sorted(found, key=str)


@pytest.mark.parametrize("event", well_known(), ids=lambda event: event.__name__)
def test_every_field_is_documented(event: Any) -> None:
    """With its unit, if it is a time or a size: what the signature can't say."""
    documented = dict(re.findall(r"^    +(\w+): (.*)", event.__doc__ or "", re.MULTILINE))
    fields = {field.name for field in attrs.fields(event)}
    assert documented.keys() == fields
    assert "nanoseconds" in documented.get("at", "nanoseconds")


@pytest.mark.parametrize("event", well_known(), ids=lambda event: event.__name__)
def test_events_have_slots_and_are_cheap_to_make(event: Any) -> None:
    assert "__slots__" in event.__dict__
    assert event.__setattr__ is object.__setattr__, "a frozen class costs three times as much"


def test_every_channel_of_ours_says_its_class_and_a_line() -> None:
    entries = [entry for entry in catalog() if entry.name.partition(".")[0] in WELL_KNOWN]
    assert len(entries) == 5 * 8 + 1 + 2
    for entry in entries:
        assert entry.event.startswith("tapscope.channels.")
        assert entry.doc.endswith(".")


def test_private_modules_are_not_shown() -> None:
    [entry] = [entry for entry in catalog() if entry.name == "tapscope.subscriber.failed"]
    assert entry.event == "tapscope.channels.SubscriberFailed"


def test_a_librarys_channels_appear_when_it_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "acme_cache.py").write_text(
        "from tapscope.channels import channel\n"
        "class Missed:\n    'A key was not there.'\n"
        "channel('acme.cache.miss', Missed)\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    [entry] = [entry for entry in catalog(["acme_cache"]) if entry.name == "acme.cache.miss"]
    assert (entry.event, entry.doc) == ("acme_cache.Missed", "A key was not there.")


def test_subscribers_are_counted(name: str) -> None:
    channel(name)
    with subscribe(name, print), subscribe(f"{name}.**", print):
        [entry] = [entry for entry in catalog() if entry.name == name]
    assert (entry.event, entry.doc, entry.subscribers) == ("", "", 2)
