"""Classes of native code that can't be changed: a subclass stands in for them."""

from __future__ import annotations

from typing import Any


def subclass_with(base: type, methods: dict[str, Any]) -> type | None:
    """Give a class like *base* that has *methods* of its own; ``None`` if it allows no subclass.

    Objects that native code makes are none of it, but pass for such.
    """

    class Kind(type(base)):  # type: ignore[misc]
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, base)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, base)

        def __repr__(cls) -> str:
            return repr(base)

    namespace = {
        "__slots__": (),
        "__module__": base.__module__,
        "__qualname__": base.__qualname__,
        "__doc__": base.__doc__,
        **methods,
    }
    try:
        return Kind(base.__name__, (base,), namespace)
    except TypeError:
        return None
