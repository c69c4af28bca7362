"""A request's body, seen as the program reads it from ``wsgi.input``."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from ...channels.serving import ServerExchange
from .._patch import hide_us, report

_READING = frozenset({"read", "read1", "readline"})
_READING_INTO = frozenset({"readinto", "readinto1"})


class _Body:
    """What was read of a body, each byte told once."""

    __slots__ = ("_exchange", "_file", "_sought", "_told")

    def __init__(self, file: Any, exchange: ServerExchange) -> None:
        self._file = file
        self._exchange = exchange
        self._sought = False
        self._told = 0

    def took(self, data: Any) -> None:
        """Publish *data*, or as much of it as was not read before."""
        try:
            if self._sought:
                data = self._new(data)
            if type(data) is bytes and data:
                self._told += len(data)
                self._exchange.received(data)
        except Exception:
            report("wsgi.input")

    def seek(self, *args: Any) -> Any:
        """Go where the program wants; what it reads again there is not told again."""
        self._sought = True
        return self._file.seek(*args)

    def _new(self, data: Any) -> Any:
        behind = self._told - (self._file.tell() - len(data))
        return data[behind:] if behind > 0 else data


class WatchedInput:
    """A ``wsgi.input``: reads from the real one and publishes what was read.

    Stands in for the real one in every other way too, its type included.
    """

    __slots__ = ("__weakref__", "_body", "_file")

    def __init__(self, file: Any, exchange: ServerExchange) -> None:
        self._file = file
        self._body = _Body(file, exchange)

    def __getattr__(self, name: str) -> Any:
        # Not every input has all of these; what is missing there is to be missing here.
        attribute = getattr(self._file, name)
        if name in _READING:
            return functools.partial(self._read, attribute)
        if name in _READING_INTO:
            return functools.partial(self._read_into, attribute)
        if name == "readlines":
            return functools.partial(self._read_lines, attribute)
        return self._body.seek if name == "seek" else attribute

    def __iter__(self) -> Iterator[Any]:
        try:
            for line in self._file:
                self._body.took(line)
                yield line
        except BaseException as error:
            hide_us(error)
            raise

    def __next__(self) -> Any:
        try:
            line = next(self._file)
        except BaseException as error:
            hide_us(error)
            raise
        self._body.took(line)
        return line

    def _read(self, read: Callable[..., Any], *args: Any) -> Any:
        try:
            data = read(*args)
        except BaseException as error:
            hide_us(error)
            raise
        self._body.took(data)
        return data

    def _read_into(self, read: Callable[..., Any], buffer: Any) -> Any:
        try:
            count = read(buffer)
        except BaseException as error:
            hide_us(error)
            raise
        if count:
            self._body.took(memoryview(buffer).cast("B")[:count].tobytes())
        return count

    def _read_lines(self, read: Callable[..., Any], *args: Any) -> Any:
        try:
            lines = read(*args)
        except BaseException as error:
            hide_us(error)
            raise
        for line in lines:
            self._body.took(line)
        return lines

    @property  # type: ignore[misc]  # a class is an attribute elsewhere; isinstance() asks it
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._file.__class__
