"""The options that say of which native calls a program is to tell."""

from __future__ import annotations

import pytest

from tapscope.cli import native, words
from tapscope.cli.native import Watch


@pytest.mark.parametrize(
    ("text", "module", "include"),
    [
        ("backend", "backend", ("*",)),
        ("backend:js__*", "backend", ("js__*",)),
        ("acme.backend:run,Engine.*", "acme.backend", ("run", "Engine.*")),
    ],
)
def test_a_module_may_have_patterns(text: str, module: str, include: tuple[str, ...]) -> None:
    assert Watch.parse(text) == Watch(module, include)
    assert Watch.parse(str(Watch.parse(text))) == Watch.parse(text)


@pytest.mark.parametrize(
    "text", ["", ":js__*", "back end", "backend:", "a..b", "backend:a,,b", "./x"]
)
def test_what_is_no_module_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not MODULE"):
        Watch.parse(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("200ms", 0.2), ("1.5s", 1.5), ("500us", 0.0005), ("2", 2.0)]
)
def test_durations_have_units(text: str, seconds: float) -> None:
    assert native.duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "ms", "-1s", "1 s", "1h", "nan"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        native.duration(text)


def test_the_values_of_the_options_are_not_taken_for_the_program() -> None:
    given = ["--native", "backend:js__*", "--slow-native", "200ms", "app.py", "--native", "x"]
    ours, theirs = words.split(given)
    assert ours == given[:4]
    assert theirs == ("app.py", "--native", "x")


def test_what_was_asked_for_goes_on_to_children() -> None:
    told = native.words([Watch.parse("backend:js__*")], 0.2)
    assert native.ours(["wait", *told]) == told
