"""Values of HAR to JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import attrs
import orjson
from cattrs.gen import make_dict_unstructure_fn, override

from ..protocol.structuring import camel, converter
from . import values


def encode(value: object) -> bytes:
    """Give *value* of the file as JSON; a field whose default is ``None`` is left out then."""
    return orjson.dumps(converter.unstructure(value))


def _with_custom_fields(kind: type) -> Callable[[Any], dict[str, Any]]:
    names: dict[str, Any] = {
        field.name: override(
            rename=field.metadata.get(values.CUSTOM) or camel(field.name),
            omit_if_default=field.default is None,
        )
        for field in attrs.fields(kind)
    }
    return make_dict_unstructure_fn(kind, converter, **names)


def _is_value(kind: Any) -> bool:
    return attrs.has(kind) and cast("type", kind).__module__ == values.__name__


converter.register_unstructure_hook_factory(_is_value, _with_custom_fields)
