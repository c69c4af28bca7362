"""What a CDP domain is: a class whose marked methods are its commands.

Names in Python are Python's (``get_response_body``), names on the wire are
CDP's (``getResponseBody``); one rule turns the first into the second, for
commands, events, parameters and fields alike.  Signatures and attrs classes
are the schema: parameters are checked against them before a command runs.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar, get_type_hints

import attrs
import cattrs
import orjson
from cattrs.gen import make_dict_unstructure_fn, override
from cattrs.v import format_exception

from ...channels import TapscopeError

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
SERVER_ERROR = -32000
SESSION_NOT_FOUND = -32001

_CAPITALS = {"url": "URL", "ip": "IP", "xhr": "XHR", "api": "API"}

F = TypeVar("F", bound=Callable[..., object])


class CommandError(TapscopeError):
    """A front end's command can't be done; it gets the code and the message.

    Attributes:
        code: As in JSON-RPC: ``-32601`` for an unknown method, ``-32602`` for
            wrong parameters, ``-32000`` for what can't be done now.
    """

    def __init__(self, message: str, code: int = SERVER_ERROR) -> None:
        super().__init__(message)
        self.code = code


def camel(name: str) -> str:
    """Give the wire's form of a Python *name*: ``document_url`` is ``documentURL``."""
    first, *rest = name.split("_")
    return first + "".join(_CAPITALS.get(word, word.capitalize()) for word in rest)


def command(function: F) -> F:
    """Mark a method of a domain as a command of its name; its docstring is the description."""
    function.__tapscope_command__ = True  # type: ignore[attr-defined]
    return function


class Domain:
    """A namespace of commands and events, one object for each session.

    Subclasses state ``name`` and list the classes of their events, and in
    ``types`` those that other domains mention, too.  A command
    returns ``None`` or an attrs object, or raises :class:`CommandError`.
    """

    name: ClassVar[str]
    events: ClassVar[tuple[type, ...]] = ()
    types: ClassVar[tuple[type, ...]] = ()
    commands: ClassVar[Mapping[str, Command]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        methods = inspect.getmembers(cls, lambda member: hasattr(member, "__tapscope_command__"))
        cls.commands = {camel(name): Command.of(function) for name, function in methods}

    def close(self) -> None:
        """The session has left: let go of what this domain holds."""


@attrs.frozen
class Parameter:
    """One parameter of a command: its name in Python, its type, whether it may be left out."""

    name: str
    type: Any
    optional: bool


@attrs.frozen
class Command:
    """A command: the method, and its parameters by their names on the wire."""

    function: Callable[..., object]
    parameters: Mapping[str, Parameter]
    returns: Any

    @classmethod
    def of(cls, function: Callable[..., object]) -> Command:
        """Read the command that *function*'s signature describes."""
        hints = get_type_hints(function)
        parameters = {
            camel(name): Parameter(name, hints[name], parameter.default is not parameter.empty)
            for name, parameter in inspect.signature(function).parameters.items()
            if name != "self"
        }
        return cls(function, parameters, hints.get("return"))

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


def _present(wire: str, parameter: Parameter, given: Mapping[str, Any]) -> bool:
    if wire not in given and not parameter.optional:
        raise CommandError(f"{wire}: is missing", INVALID_PARAMS)
    return wire in given


def _argument(wire: str, value: Any, kind: Any) -> object:
    try:
        return converter.structure(value, kind)
    except Exception as error:
        leaves = cattrs.transform_error(error, wire, format_exception=_reason)
        raise CommandError("; ".join(leaves), INVALID_PARAMS) from error


def _reason(error: BaseException, kind: type | None) -> str:
    return str(error) if isinstance(error, TypeError) else format_exception(error, kind)


def _strict(value: Any, kind: type) -> Any:
    # bool is a subclass of int, and JSON writes 1.0 as 1.
    right = type(value) is kind or (kind is float and type(value) is int)
    if not right:
        raise TypeError(f"expected {kind.__name__}, got {value!r:.60}")
    return value


def unstructure_attrs(cls: type) -> Callable[[Any], dict[str, Any]]:
    """Make what turns an object of the attrs class *cls* into what the wire has."""
    # Any: the names of fields are not among the names that the stub knows.
    names: dict[str, Any] = {
        field.name: override(rename=camel(field.name), omit_if_default=True)
        for field in attrs.fields(cls)
    }
    return make_dict_unstructure_fn(cls, converter, **names)


converter: cattrs.Converter = cattrs.Converter(prefer_attrib_converters=False)
"""Turns wire values into typed ones and back; fields that have their default are left out."""
converter.register_unstructure_hook_factory(attrs.has, unstructure_attrs)
for _kind in (bool, int, float, str):
    converter.register_structure_hook(_kind, _strict)


def event_name(domain: str, event: type) -> str:
    """Give the method of an event's class: ``Network.requestWillBeSent``."""
    return f"{domain}.{event.__name__[0].lower()}{event.__name__[1:]}"


def encode_event(domain: type[Domain], event: object) -> bytes:
    """Give the message that tells *event*, as JSON."""
    method = event_name(domain.name, type(event))
    return orjson.dumps({"method": method, "params": converter.unstructure(event)})


def encode_result(id: int, result: object) -> bytes:  # noqa: A002  # JSON-RPC's word
    """Give the answer to the command *id* that succeeded."""
    return orjson.dumps({"id": id, "result": converter.unstructure(result) if result else {}})


def encode_error(id: int | None, error: CommandError) -> bytes:  # noqa: A002  # JSON-RPC's word
    """Give the answer to the command *id* that failed; without *id* to what was none."""
    body: dict[str, object] = {"error": {"code": error.code, "message": str(error)}}
    return orjson.dumps(body if id is None else {"id": id} | body)
