"""Whether a domain's commands say all that a description of them needs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType, NoneType
from typing import Any

import attrs

from ....channels.remote import is_remote
from ..api.command import deadline_of, is_command
from ..api.domain import Domain, command_functions
from ..api.program_command import asked_in_program
from .type_checks import (
    docstring_problems,
    hint_problems,
    hints_or_reason,
    mentioned,
    name_problems,
)

_SCATTERED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def command_problems(domain: type[Domain]) -> Iterator[str]:
    """Give what is wrong with the commands of *domain*."""
    functions = command_functions(domain)
    yield from name_problems(functions, "command")
    yield from _unmarked(domain)
    for name, function in functions.items():
        if name in vars(Domain) and name not in ("enable", "disable"):
            yield f"{name}: is what every domain has; call the command something else"
        for problem in _of(function):
            yield f"{name}{problem}"
    if not _is_simple(functions.get("disable")):
        yield "disable: takes nothing and is not async, as it is called when a front end leaves"


def types_in_commands(domain: type[Domain]) -> list[type]:
    """Give the classes that the commands of *domain* take and give."""
    found: list[type] = []
    for function in command_functions(domain).values():
        hints = dict(hints_or_reason(function)[0])
        returned = hints.pop("return", None)
        found += mentioned([*hints.values(), *([returned] if attrs.has(returned) else [])])
    return found


def _of(function: Callable[..., Any]) -> Iterator[str]:
    if not isinstance(function, FunctionType):
        yield ": a command is a method, and no class method, static method or property"
        return
    yield from docstring_problems(function, "")
    deadline = deadline_of(function)
    if not isinstance(deadline, int | float) or not deadline > 0:
        yield f": the deadline is a number of seconds above 0, not {deadline!r}"
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        yield ": a command returns its result, and yields nothing"
    hints, reason = hints_or_reason(function)
    if reason:
        yield f": {reason}"
        return
    yield from _of_signature(function, hints)
    yield from _of_result(function, hints)
    yield from _of_program(function, hints)


def _of_signature(function: FunctionType, hints: Mapping[str, Any]) -> Iterator[str]:
    signature = inspect.signature(function)
    parameters = [each for each in signature.parameters.values() if each.name != "self"]
    if next(iter(signature.parameters), "") != "self":
        yield ": its first parameter has to be self"
    for problem in name_problems((each.name for each in parameters), "parameter"):
        yield f": parameter {problem}"
    for each in parameters:
        where = f": parameter {each.name}"
        if each.kind in _SCATTERED:
            shown = each.replace(annotation=each.empty)
            yield f": can't take {shown}, as each parameter is described"
        elif each.kind is each.POSITIONAL_ONLY:
            yield f"{where}: is positional only, and commands are called by keywords"
        elif each.name not in hints:
            yield f"{where}: has no type"
        else:
            optional = each.default is not each.empty
            yield from hint_problems(hints[each.name], where, optional=optional)


def _of_result(function: FunctionType, hints: Mapping[str, Any]) -> Iterator[str]:
    returned = hints.get("return", "nothing")
    inherited = function in (vars(Domain)["enable"], vars(Domain)["disable"])
    if "return" not in hints:
        yield ": doesn't say what it returns: None, or an attrs class"
    elif not inherited and returned is not NoneType and not _is_attrs(returned):
        told = returned.__name__ if isinstance(returned, type) else returned
        yield f": returns {told}, but a result is None or an attrs class, whose fields it has"


def _of_program(function: FunctionType, hints: Mapping[str, Any]) -> Iterator[str]:
    called = asked_in_program(function)
    if called is None:
        return
    if not isinstance(called, FunctionType) or called.__qualname__ != called.__name__:
        yield f": {called!r} is no function of a module, which the program could find"
    elif not is_remote(called):
        yield f": {called.__name__} is not marked with @tapscope.channels.remote.remote"
    elif inspect.iscoroutinefunction(called):
        yield f": {called.__name__} is async, but it is called in a thread of the program's"
    elif "process" in inspect.signature(called).parameters:
        yield ": parameter process: says which program is asked; call it something else"
    parameters = {name: hint for name, hint in hints.items() if name != "return"}
    for kind in dict.fromkeys(mentioned(parameters.values())):
        yield f": takes a {kind.__name__}, but what runs in the program takes plain data"


def _is_simple(function: Callable[..., Any] | None) -> bool:
    if not isinstance(function, FunctionType):
        return True
    parameters = inspect.signature(function).parameters.values()
    needed = [each for each in parameters if each.name != "self" and each.default is each.empty]
    return not needed and not inspect.iscoroutinefunction(function)


def _unmarked(domain: type[Domain]) -> Iterator[str]:
    for name, member in inspect.getmembers_static(domain):
        if is_command(getattr(member, "__func__", None)):
            yield f"{name}: a command is a method, and no class method or static method"
        elif not is_command(member) and any(is_command(vars(c).get(name)) for c in domain.__mro__):
            yield f"{name}: stands for a command, but is not marked with @command"


def _is_attrs(hint: Any) -> bool:
    return isinstance(hint, type) and attrs.has(hint)
