"""The command line: it composes agents and integrations, and stays out of the program's way."""

from __future__ import annotations


def main(arguments: list[str] | None = None) -> int:
    """Run the command ``tapscope`` with *arguments*, or with those of this process.

    Gives the exit code; ``tapscope run`` does not come back but becomes the program.
    """
    # Not at the top: a watched program imports this package, and wants none of the command's.
    from .command import main as command

    return command(arguments)
