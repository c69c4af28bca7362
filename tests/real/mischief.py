"""Messages that no front end would send, and some that are nearly right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import attrs

WORDS = (
    "1.1",
    "1.2",
    "1.999999999999999999999",
    "",
    "x",
    "Network.enable",
    "\0",
    "é",
    "🦊",
    "\u2028",
)
NUMBERS = (0, 1, -1, 2**31, 2**53, -(2**63), 2**64 - 1, 2**64, 10**400, 0.5, -0.0, 1e308, 5e-324)
TEXTS = (
    "", " ", "{", "}", "[", "null", "true", "0", '"', "{}{}", '{"id":1', '{"id":1,}', "{'id':1}",
    '{"id":01}', '{"id":1e999}', '{"id":NaN}', '{"id":"\\ud800"}', '{"id":1 "method":2}', "\0",
    '{"id":/**/1}', "﻿{}", '{"\\u0000":1}', '{"id":1,"method":"\\x41"}',
)  # fmt: skip


@attrs.define
class Mischief:
    """Makes messages, the same ones for the same seed.

    Args:
        protocol: What ``/json/protocol`` gives: what it describes is sent, and spoilt.
    """

    random: Random
    protocol: dict[str, Any]
    _last: int = attrs.field(default=0, init=False)

    def messages(self, count: int) -> Iterator[str]:
        """Give *count* texts."""
        kinds: list[Callable[[], str]] = [
            *[self._command] * 8, *[self._odd_command] * 4, self._json, self._broken, self._noise,
        ]  # fmt: skip
        for number in range(count):
            yield self._monster(number) if number % 1000 == 0 else self.random.choice(kinds)()

    def _command(self) -> str:
        domain = self.random.choice(self.protocol["domains"])
        command = self.random.choice(domain["commands"])
        params = {
            parameter["name"]: self._fitting(parameter)
            for parameter in command.get("parameters", ())
            if self.random.random() < 0.8
        }
        if self.random.random() < 0.3:
            params[self._word()] = self._value(2)
        return self._dumped(
            id=self._id(), method=f"{domain['domain']}.{command['name']}", params=params
        )

    def _odd_command(self) -> str:
        message = json.loads(self._command())
        for _ in range(self.random.randint(1, 2)):
            key = self.random.choice(["id", "method", "params", "sessionId", self._word()])
            if self.random.random() < 0.2:
                message.pop(key, None)
            else:
                message[key] = self._value(3)
        return self._dumped(**message)

    def _json(self) -> str:
        return json.dumps(self._value(4), ensure_ascii=self.random.random() < 0.5)

    def _broken(self) -> str:
        text = list(self._command())
        for _ in range(self.random.randint(1, 4)):
            place = self.random.randrange(len(text))
            text[place] = self.random.choice(
                ["", "{", '"', "\\", ",", "\0", "9", "🦊", chr(0xFFFD)]
            )
        return "".join(text)

    def _noise(self) -> str:
        if self.random.random() < 0.5:
            return self.random.choice(TEXTS)
        return "".join(
            chr(self.random.randrange(1, 0xD7FF)) for _ in range(self.random.randrange(40))
        )

    def _monster(self, number: int) -> str:
        """Give a message that is long, or deep."""
        size = self.random.choice([1_000, 100_000])
        deep = "[" * size + "]" * size
        return [
            self._dumped(id=self._id(), method="Network." + "x" * size),
            f'{{"id":{self._id()},"method":"Schema.getDomains","params":{{"x":{deep}}}}}',
            f'{{"id":{self._id()},"method":{deep}}}',
            f'{{"id":{deep},"method":"Schema.getDomains"}}',
            "[" * size,
        ][number // 1000 % 5]

    def _id(self) -> int:
        self._last += 1
        return self._last

    def _fitting(self, parameter: dict[str, Any]) -> Any:
        """Give what the description allows; now and then something else."""
        if self.random.random() < 0.2:
            return self._value(2)
        match parameter:
            case {"enum": words}:
                fitting: Any = self.random.choice(words)
            case {"type": "string"}:
                fitting = self._word()
            case {"type": "integer" | "number"}:
                fitting = self.random.choice([0, 1, 2, 1000])
            case {"type": "boolean"}:
                fitting = self.random.random() < 0.5
            case {"type": "array", "items": items}:
                fitting = [self._fitting(items) for _ in range(self.random.randrange(4))]
            case _:
                fitting = {self._word(): self._value(2) for _ in range(self.random.randrange(3))}
        return fitting

    def _value(self, depth: int) -> Any:
        kind = self.random.randrange(7 if depth else 5)
        if kind == 5:
            return [self._value(depth - 1) for _ in range(self.random.randrange(4))]
        if kind == 6:
            return {self._word(): self._value(depth - 1) for _ in range(self.random.randrange(4))}
        return [None, True, self.random.choice(NUMBERS), self._word(), self._id()][kind]

    def _word(self) -> str:
        return self.random.choice(WORDS)

    def _dumped(self, **message: Any) -> str:
        return json.dumps(message, ensure_ascii=self.random.random() < 0.5)
