"""Subscribing, leaving and publishing in any order, against a model that can be read at once."""

from __future__ import annotations

import itertools
from typing import Any

import attrs
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from tapscope.channels import Channel, Subscription, channel, subscribe

_numbers = itertools.count(1)

Log = list[tuple[str, object, str]]


@attrs.define
class Entry:
    """What the model keeps of one subscription to one channel."""

    subscriber: str
    direct: bool


class Bus(RuleBasedStateMachine):
    """Two channels and three subscribers; the model is a list for each channel."""

    subscriptions = Bundle("subscriptions")

    def __init__(self) -> None:
        super().__init__()
        self.prefix = f"test.model{next(_numbers)}"
        self.log: Log = []
        self.subscribers = {who: self.subscriber(who) for who in "abc"}
        self.channels: dict[str, Channel[Any]] = {}
        self.model: dict[str, list[Entry]] = {}
        self.patterns: list[Entry] = []

    def subscriber(self, who: str) -> Any:
        def hear(message: object, name: str) -> None:
            self.log.append((who, message, name.removeprefix(f"{self.prefix}.")))

        return hear

    def channel(self, word: str) -> Channel[Any]:
        if word not in self.channels:
            self.channels[word] = channel(f"{self.prefix}.{word}")
            self.model[word] = list(self.patterns)
        return self.channels[word]

    words = st.sampled_from(["one", "two"])
    people = st.sampled_from("abc")

    @rule(target=subscriptions, word=words, who=people)
    def subscribe(self, word: str, who: str) -> tuple[Subscription, Entry]:
        entry = Entry(who, direct=True)
        subscription = self.channel(word).subscribe(self.subscribers[who])
        self.model[word].append(entry)
        return subscription, entry

    @rule(target=subscriptions, who=people)
    def subscribe_pattern(self, who: str) -> tuple[Subscription, Entry]:
        entry = Entry(who, direct=False)
        self.patterns.append(entry)
        for entries in self.model.values():
            entries.append(entry)
        return subscribe(f"{self.prefix}.*", self.subscribers[who]), entry

    @rule(made=subscriptions)
    def close(self, made: tuple[Subscription, Entry]) -> None:
        subscription, entry = made
        subscription.close()
        for entries in (*self.model.values(), self.patterns):
            entries[:] = [kept for kept in entries if kept is not entry]

    @rule(word=words, who=people)
    def unsubscribe(self, word: str, who: str) -> None:
        found = self.channel(word).unsubscribe(self.subscribers[who])
        entries = self.model[word]
        oldest = next((e for e in entries if e.direct and e.subscriber == who), None)
        assert found is (oldest is not None)
        entries[:] = [kept for kept in entries if kept is not oldest]

    @rule(word=words, message=st.integers())
    def publish(self, word: str, message: int) -> None:
        self.log.clear()
        self.channel(word).publish(message)
        assert self.log == [(e.subscriber, message, word) for e in self.model[word]]

    @rule(target=subscriptions, word=words, who=people, made=subscriptions)
    def leave_and_join_while_publishing(
        self, word: str, who: str, made: tuple[Subscription, Entry]
    ) -> Any:
        """Whoever hears this publish was there before it; the changes count from the next one."""
        held = self.channel(word)
        joined: list[tuple[Subscription, Entry]] = []

        def meddle(_: object, __: str) -> None:
            self.close(made)
            made_now: Any = self.subscribe(word, who)
            joined.append(made_now)

        with held.subscribe(meddle):
            before = [(e.subscriber, "m", word) for e in self.model[word]]
            self.log.clear()
            held.publish("m")
            assert self.log == before
        return multiple(*joined)

    @invariant()
    def activity_is_as_the_model_says(self) -> None:
        for word, held in self.channels.items():
            assert held.has_subscribers is bool(self.model[word])
            assert held.subscriber_count == len(self.model[word])


TestBus = Bus.TestCase
TestBus.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
