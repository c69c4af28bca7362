"""``--redact``."""

from __future__ import annotations

import argparse

from .redaction_rules import Redaction

WITH_VALUE = ("--redact",)
"""Those that have a value in the word behind them."""


def add_redaction_options(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    group = parser.add_argument_group("secrets")
    group.add_argument(
        "--redact",
        type=_redaction,
        action="append",
        default=[],
        metavar="RULE",
        help="hide what RULE names before anything leaves the program: credentials, personal, "
        "header:X-Foo, query:token, json:$.user.password, field:parameters, call:module:function; "
        "can be given several times",
    )


def _redaction(text: str) -> Redaction:
    try:
        return Redaction.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
