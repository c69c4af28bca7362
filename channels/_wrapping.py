"""Functions that stand in for others: same signature, same colour.

What the usual ``wrapper(*args, **kwargs)`` costs is mostly the packing and
unpacking of arguments.  So the wrapper is written out with the parameters of
what it wraps, as attrs writes ``__init__``; a wrong call then also fails as it
would without us.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from inspect import CO_VARARGS, CO_VARKEYWORDS, iscoroutinefunction, isgeneratorfunction
from types import CodeType, FunctionType
from typing import Any

_SOURCE = """\
{kind} wrapper({parameters}):
    if _tapscope_trace.has_subscribers:
        return ({give} _tapscope_traced({arguments}))
    return ({give} _tapscope_function({arguments}))
"""


def wrapped(trace: object, function: Callable[..., Any], traced: Callable[..., Any]) -> Any:
    """Give a function like *function*, which calls *traced* while *trace* has subscribers."""
    parameters, arguments = _words(function)
    kind, give = _colour(function)
    source = _SOURCE.format(kind=kind, give=give, parameters=parameters, arguments=arguments)
    namespace: dict[str, Any] = {
        "_tapscope_trace": trace,
        "_tapscope_function": function,
        "_tapscope_traced": traced,
    }
    exec(compile(source, "<tapscope traced>", "exec"), namespace)  # noqa: S102
    wrapper = namespace["wrapper"]
    if isinstance(function, FunctionType):
        wrapper.__defaults__ = function.__defaults__
        wrapper.__kwdefaults__ = function.__kwdefaults__
    return functools.update_wrapper(wrapper, function)


def _colour(function: Callable[..., Any]) -> tuple[str, str]:
    if iscoroutinefunction(function):
        return "async def", "await"
    return "def", "yield from" if isgeneratorfunction(function) else ""


def _words(function: Callable[..., Any]) -> tuple[str, str]:
    """The parameters of *function* as declared, and as they are passed on."""
    if not isinstance(function, FunctionType):
        return "*args, **kwargs", "*args, **kwargs"
    code: CodeType = function.__code__
    names = list(code.co_varnames)
    positional_only = names[: code.co_posonlyargcount]
    either = names[code.co_posonlyargcount : code.co_argcount]
    rest = iter(names[code.co_argcount :])
    keyword_only = [next(rest) for _ in range(code.co_kwonlyargcount)]
    many = [f"*{next(rest)}"] if code.co_flags & CO_VARARGS else []
    named = [f"**{next(rest)}"] if code.co_flags & CO_VARKEYWORDS else []
    bars = ["/"] if positional_only else []
    stars = many or (["*"] if keyword_only else [])
    parameters = [*positional_only, *bars, *either, *stars, *keyword_only, *named]
    passed = [*positional_only, *either, *many, *(f"{n}={n}" for n in keyword_only), *named]
    return ", ".join(parameters), ", ".join(passed)
