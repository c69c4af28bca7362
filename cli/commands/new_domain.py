"""``tapscope new-domain``: writes a package with a domain of one's own, to begin from."""

from __future__ import annotations

import argparse
import os
import sys

from tapscope import __version__

from ...agents.catalog import catalog
from ..help import parser_of
from ..skeleton import NotAName, Skeleton

_DESCRIPTION = """\
Write a package with a domain of your own: commands and events that DevTools, or any
other client of its protocol, can use.  It has a small library that says what happens,
the domain with a command and an event, the entry point by which hosts find it, and
tests that pass; all of it is yours to change.
"""

_EXAMPLES = """\
examples:
  tapscope new-domain jobs             writes ./tapscope-jobs, with the domain Jobs
  tapscope new-domain model-server     writes ./tapscope-model-server: ModelServer
  tapscope new-domain jobs --into src  writes src/tapscope-jobs

then:
  cd tapscope-jobs
  pip install -e ".[test]"
  python -m pytest
  tapscope domains Jobs
"""


class _Refused(Exception):
    """Nothing is written, for this reason."""


def main(arguments: list[str]) -> int:
    """Write it; give 1 if it can't be written, and then nothing that was there is changed."""
    options = _parser().parse_args(arguments)
    skeleton: Skeleton = options.skeleton
    folder = os.path.join(options.into, skeleton.distribution)
    try:
        _check_domain(skeleton)
        _write(skeleton, folder)
    except _Refused as error:
        print(f"tapscope: {error}", file=sys.stderr)
        return 1
    print("\n".join(_next_steps(skeleton, folder)))
    return 0


def _check_domain(skeleton: Skeleton) -> None:
    ours = [entry.name for entry in catalog(__version__).entries if entry.package == "tapscope"]
    if skeleton.domain in ours:
        raise _Refused(f"{skeleton.domain} is a domain of tapscope's own: take another name")


def _write(skeleton: Skeleton, folder: str) -> None:
    try:
        os.makedirs(os.path.dirname(folder) or os.curdir, exist_ok=True)
        os.mkdir(folder)
        for name, text in skeleton.files().items():
            path = os.path.join(folder, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "x", encoding="utf-8") as file:
                file.write(text)
    except FileExistsError as error:
        raise _Refused(
            f"{error.filename} is there already: take another name, or another folder with --into"
        ) from None
    except OSError as error:
        raise _Refused(f"{error.filename} can't be written: {error.strerror}") from None


def _next_steps(skeleton: Skeleton, folder: str) -> list[str]:
    return [
        f"{folder} has the domain {skeleton.domain}:",
        *(f"  {name}" for name in skeleton.files()),
        "",
        "Try it:",
        f"  cd {folder}",
        '  pip install -e ".[test]"',
        "  python -m pytest",
        f"  tapscope domains {skeleton.domain}",
    ]


def _skeleton(name: str) -> Skeleton:
    try:
        return Skeleton(name)
    except NotAName as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("new-domain", _DESCRIPTION, _EXAMPLES)
    parser.add_argument(
        "skeleton",
        metavar="NAME",
        type=_skeleton,
        help="what it is about, in lower case: jobs, model-server",
    )
    parser.add_argument(
        "--into", metavar="FOLDER", default="", help="where to write it; by default here"
    )
    return parser
