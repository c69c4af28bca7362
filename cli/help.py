"""How each command tells about itself, and what argparse needs for that."""

from __future__ import annotations

import argparse

PROGRAM = "(script.py | -m module | -c code) [argument ...]"
"""How commands that run a program are given it."""


def parser_of(
    command: str, description: str, examples: str, words: str | None = None
) -> argparse.ArgumentParser:
    """Make the parser of *command*, whose help ends with *examples*.

    *words* are what follows it in general, for those whose words argparse does not see all.
    """
    return argparse.ArgumentParser(
        prog=f"tapscope {command}",
        usage=None if words is None else f"tapscope {command} {words}",
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_children_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--no-children``."""
    parser.add_argument(
        "--no-children",
        action="store_true",
        help="leave alone the Python programs that the program starts, as reloaders do",
    )
