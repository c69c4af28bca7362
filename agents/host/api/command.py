"""Commands: marked methods, whose signatures are the schema of their parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_type_hints, overload

import attrs

from ..protocol.conformance import NotAsDescribed, check, debugging
from ..protocol.errors import INTERNAL_ERROR, INVALID_PARAMS, CommandError
from ..protocol.shapes import takes_none
from ..protocol.structuring import camel, converter, misfits

DEADLINE = 30.0
"""Seconds that an async command may take, unless it says otherwise."""

_MARK = "__tapscope_deadline__"

F = TypeVar("F", bound=Callable[..., object])
T = TypeVar("T")


@overload
def command(function: F) -> F: ...
@overload
def command(*, deadline: float) -> Callable[[F], F]: ...
def command(function: F | None = None, *, deadline: float = DEADLINE) -> F | Callable[[F], F]:
    """Mark a method of a domain as a command of its name; its docstring is the description.

    It returns ``None`` or an attrs object, or raises :class:`CommandError`.  An
    async one runs in trio, beside everything else, and is cancelled when its
    front end leaves; any other must return at once.

    Args:
        deadline: Seconds that an async command may take.
    """

    def mark(function: F) -> F:
        vars(function)[_MARK] = deadline
        return function

    return mark if function is None else mark(function)


def is_command(member: object) -> bool:
    """Whether :func:`command` has marked *member*."""
    return hasattr(member, _MARK)


# Any: an author may have given something else than a number.
def deadline_of(member: object) -> Any:
    """Give the deadline that *member* was marked with."""
    return getattr(member, _MARK)


@attrs.frozen
class Parameter:
    """One parameter of a command: its name in Python, its type, whether it may be left out."""

    name: str
    type: Any
    optional: bool


@attrs.frozen
class Command:
    """A command: the method, and its parameters by their names on the wire.

    Attributes:
        is_async: Whether its result is to be awaited.
        deadline: Seconds that it may take then.
    """

    function: Callable[..., Any]
    parameters: Mapping[str, Parameter]
    returns: Any
    is_async: bool
    deadline: float

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Command:
        """Read the command that a marked *function*'s signature describes."""
        hints = get_type_hints(function)
        parameters = {
            camel(name): Parameter(name, hints[name], parameter.default is not parameter.empty)
            for name, parameter in inspect.signature(function).parameters.items()
            if name != "self"
        }
        return cls(
            function,
            parameters,
            hints.get("return"),
            inspect.iscoroutinefunction(function),
            deadline_of(function),
        )

    def arguments(self, given: Mapping[str, Any]) -> dict[str, object]:
        """Check *given* and turn it into the method's arguments; what is unknown is left out.

        Raises:
            CommandError: A parameter is missing, or is of another type.
        """
        return {
            parameter.name: _argument(wire, given[wire], parameter.type)
            for wire, parameter in self.parameters.items()
            if _present(wire, parameter, given)
        }

    def checked(self, result: T) -> T:
        """Give the *result* that the method gave.

        Raises:
            CommandError: In debug mode, if it is not what the method says it gives.
        """
        if debugging() and self.returns is not object:
            try:
                check(result, self.returns, self.function.__qualname__)
            except NotAsDescribed as error:
                raise CommandError(str(error), INTERNAL_ERROR) from error
        return result


def _present(wire: str, parameter: Parameter, given: Mapping[str, Any]) -> bool:
    if parameter.optional:
        return wire in given and (given[wire] is not None or takes_none(parameter.type))
    if wire not in given:
        raise CommandError(f"{wire}: is missing", INVALID_PARAMS)
    return True


def _argument(wire: str, value: Any, kind: Any) -> object:
    try:
        return converter.structure(value, kind)
    except Exception as error:
        raise CommandError(misfits(error, wire), INVALID_PARAMS) from error
