"""``--redact``."""

from __future__ import annotations

import argparse

from .redaction_rules import Redaction

WITH_VALUE = ("--redact",)
"""Those that have a value in the word behind them."""


def add_redaction_options(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--redact",
        type=_redaction,
        action="append",
        default=[],
        metavar="RULE",
        help="show no credentials, or what is called so: header:X-Foo, query:token, "
        "json:$.user.password, field:parameters, call:module:function; can be given several times",
    )


def _redaction(text: str) -> Redaction:
    try:
        return Redaction.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
