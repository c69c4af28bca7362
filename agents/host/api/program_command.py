"""Commands that run in the program, on its live objects."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, get_type_hints

from .command import DEADLINE, command

if TYPE_CHECKING:
    from .domain import Domain

_MARK = "__tapscope_in_program__"
_TARGET = "process"


def in_program(
    function: Callable[..., object], *, deadline: float = DEADLINE
) -> Callable[..., Awaitable[object]]:
    """Make a command of a *function* that runs in the program, through the link.

    To be assigned in a domain's body: ``pause = in_program(live.pause)``.  The
    function's signature and docstring are the command's; it gets one more
    parameter, ``process``: the number of the program that is asked, by default
    the first that runs.

    Args:
        function: A module's own, marked with :func:`tapscope.channels.remote.remote`.
            It takes plain data; it returns ``None`` or an attrs object, or else a
            mapping with the fields of the one that it says it returns.
        deadline: Seconds that it may take.
    """

    # Not with its own attributes: they say that the host may call it.
    @functools.wraps(function, updated=())
    async def ask(self: Domain, process: int | None = None, **arguments: object) -> object:
        chosen = None if process is None else self.target.process(process)
        returns = get_type_hints(function).get("return", object)
        return await self.call(address(function), _readable(returns), arguments, chosen)

    ask.__signature__ = _signature(function)  # type: ignore[attr-defined]
    ask.__annotations__ = {**_annotations(function), _TARGET: int | None}
    vars(ask)[_MARK] = function
    return command(deadline=deadline)(ask)


def asked_in_program(member: object) -> Callable[..., object] | None:
    """Give the function in the program that the command *member* calls; ``None`` for others."""
    function: Callable[..., object] | None = getattr(member, _MARK, None)
    return function


def address(function: Callable[..., object]) -> str:
    """Give the name under which the program finds *function*."""
    return f"{function.__module__}:{function.__qualname__}"


def _readable(returns: Any) -> Any:
    return object if returns is type(None) else returns


def _annotations(function: Callable[..., object]) -> Mapping[str, Any]:
    return getattr(function, "__annotations__", {})


def _signature(function: Callable[..., object]) -> inspect.Signature:
    kinds = inspect.Parameter
    own = inspect.signature(function).parameters.values()
    first = kinds("self", kinds.POSITIONAL_OR_KEYWORD)
    last = kinds(_TARGET, kinds.KEYWORD_ONLY, default=None, annotation=int | None)
    # What stands in the way is told when the domain is checked.
    between = [p.replace(kind=kinds.KEYWORD_ONLY) for p in own if p.name != _TARGET]
    return inspect.Signature([first, *between, last])
