from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.channels import ChannelError, channel, has_subscribers, subscribe

WORDS = st.sampled_from(["a", "b", "c"])
NAMES = st.lists(WORDS, min_size=1, max_size=4)
PATTERNS = st.tuples(
    st.lists(WORDS | st.just("*"), max_size=3), st.sampled_from(["a", "*", "**"])
).map(lambda parts: [*parts[0], parts[1]])

_roots = itertools.count(1)


def covers(pattern: list[str], name: list[str]) -> bool:
    """Whether *pattern* covers *name*, word by word: the plain model of what patterns mean."""
    if not pattern:
        return not name
    if pattern[0] == "**":
        return any(covers(pattern[1:], name[count:]) for count in range(len(name) + 1))
    return bool(name) and pattern[0] in ("*", name[0]) and covers(pattern[1:], name[1:])


@given(PATTERNS, st.lists(NAMES, max_size=5), st.lists(NAMES, max_size=5))
def test_a_pattern_hears_what_it_covers_of_channels_before_and_after_it(
    pattern: list[str], before: list[list[str]], after: list[list[str]]
) -> None:
    root = f"pattern{next(_roots)}"
    heard: list[str] = []
    for name in before:
        channel(".".join([root, *name]))
    with subscribe(".".join([root, *pattern]), lambda _, name: heard.append(name)):
        for name in before + after:
            channel(".".join([root, *name])).publish(None)
    told = [".".join([root, *name]) for name in before + after if covers(pattern, name)]
    assert heard == told


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("plain.http.**", "plain.http", True),
        ("plain.http.**", "plain.http.client.start", True),
        ("plain.http.**", "plain.https.client", False),
        ("plain.*.start", "plain.query.start", True),
        ("plain.*.start", "plain.start", False),
        ("plain.*.start", "plain.a.b.start", False),
        ("**", "anything.at.all", True),
        ("*", "single", True),
        ("*", "not.single", False),
    ],
)
def test_stars_stand_for_words(pattern: str, name: str, covered: bool) -> None:  # noqa: FBT001
    with subscribe(pattern, print):
        assert channel(name).has_subscribers == covered


def test_closing_a_pattern_ends_it_for_every_channel_present_and_to_come(name: str) -> None:
    heard: list[object] = []
    subscription = subscribe(f"{name}.**", lambda message, _: heard.append(message))
    channel(f"{name}.one")
    subscription.close()
    subscription.close()
    for child in ("one", "two"):
        channel(f"{name}.{child}").publish(child)
        assert not has_subscribers(f"{name}.{child}")
    assert heard == []


def test_a_name_without_stars_is_one_channel(name: str) -> None:
    heard: list[object] = []
    with subscribe(name, lambda message, _: heard.append(message)):
        channel(name).publish(1)
        channel(f"{name}.child").publish(2)
    assert heard == [1]


@pytest.mark.parametrize(
    "wrong", ["", "***", "a.***", "a*", "*a", "a.", ".*", "A.*", "a.?", "**.", "a\n"]
)
def test_what_is_no_pattern_is_refused_with_the_value(wrong: Any) -> None:
    with pytest.raises(ChannelError) as raised:
        subscribe(wrong, print)
    assert repr(wrong) in str(raised.value)


@pytest.mark.parametrize("pattern", ["uncallable.name", "uncallable.*"])
def test_what_cannot_be_called_cannot_subscribe_to_a_pattern(pattern: str) -> None:
    with pytest.raises(ChannelError, match="callable"):
        subscribe(pattern, None)  # type: ignore[arg-type]
    assert not channel("uncallable.later").has_subscribers
