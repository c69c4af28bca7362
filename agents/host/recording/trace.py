"""The lines of a trace: what one front end has heard, and what it has been answered.

A trace is a file of JSON, one object a line.  The first line is the :class:`Header`.  Those
after it are in the order in which they came: events as the protocol has them, with ``method``
and ``params``; and answers, with the ``command`` that was asked and its ``result`` or ``error``.
"""

from __future__ import annotations

from typing import Any

import attrs
import cattrs
import orjson

from .part_file import RecordingError

FORMAT = "tapscope-trace"
VERSION = 1

Json = dict[str, Any]


@attrs.frozen(kw_only=True)
class Header:
    """The first line.

    Attributes:
        creator: The tapscope that wrote it, and its version.
        title: What lists of targets show of the program.
        url: The ``file:`` URL of its script, or empty.
        protocol: The description of the domains that it has events of.
    """

    format: str = FORMAT
    version: int = VERSION
    creator: str
    title: str
    url: str
    protocol: Json


def encode_header(header: Header) -> bytes:
    """Give the first line."""
    return orjson.dumps(attrs.asdict(header))


def encode_answer(method: str, params: Json, answer: Json) -> bytes:
    """Give the line that tells the *answer*, as it came, to a command."""
    told = {name: answer[name] for name in ("result", "error") if name in answer}
    return orjson.dumps({"command": {"method": method, "params": params}, **told})


def decode_header(line: bytes) -> Header:
    """Read the first line.

    Raises:
        RecordingError: It is no trace's, or a later version's.
    """
    try:
        header = cattrs.structure(orjson.loads(line), Header)
    except Exception as error:
        raise RecordingError("it is no trace of tapscope record") from error
    if header.format != FORMAT or header.version != VERSION:
        raise RecordingError(f"it is a {header.format:.40} of version {header.version}")
    return header


def key_of(method: str, params: Json) -> bytes:
    """Give what tells one command from another."""
    return orjson.dumps([method, params], option=orjson.OPT_SORT_KEYS)
