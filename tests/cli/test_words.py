from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapscope.cli.interpreter import options
from tapscope.cli.words import Program, split


@pytest.mark.parametrize(
    ("words", "ours", "theirs"),
    [
        ("script.py --port 5", "", "script.py --port 5"),
        ("--port 0 script.py --port 5", "--port 0", "script.py --port 5"),
        ("--port=0 --wait -m a.b -h", "--port=0 --wait", "-m a.b -h"),
        ("--host -m -m module", "--host -m", "-m module"),
        ("-mmodule x", "", "-m module x"),
        ("-cpass x", "", "-c pass x"),
        ("--keep - x", "--keep", "- x"),
        ("--keep -- --odd.py", "--keep", "--odd.py"),
        ("-- -mmodule", "", "-mmodule"),
        ("-h", "-h", ""),
        ("--port", "--port", ""),
        ("", "", ""),
    ],
)
def test_the_program_begins_as_it_does_for_python(words: str, ours: str, theirs: str) -> None:
    """At the script, ``-m`` or ``-c``: what is before it is ours, the rest untouched."""
    assert split(words.split()) == (ours.split(), tuple(theirs.split()))


@given(st.lists(st.text()))
def test_any_words_are_parted(words: list[str]) -> None:
    """No word is lost, and none is invented."""
    ours, theirs = split(words)
    left = "".join(ours) + "".join(theirs)
    assert left in ("".join(words), "".join(words).replace("--", "", 1))


@pytest.mark.parametrize(
    ("original", "kept"),
    [
        ("python -m tapscope run -X dev", ""),
        ("python -X dev -m tapscope run", "-X dev"),
        ("python -Xdev -W error -um tapscope run", "-Xdev -W error -u"),
        ("python -Werror -OOmtapscope run", "-Werror -OO"),
        ("python -bW error /bin/tapscope run -O", "-bW error"),
        ("python --check-hash-based-pycs never -m tapscope", "--check-hash-based-pycs never"),
        ("python -u -c code", "-u"),
        ("python -ucmain() -O", "-u"),
        ("python -X", "-X"),
        ("python", ""),
        ("", ""),
    ],
)
def test_options_for_the_interpreter_are_those_before_the_command(original: str, kept: str) -> None:
    """Whichever way they are written, and with their values."""
    assert " ".join(options(original.split())).strip() == kept


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("script.py", "one"), "script.py one"),
        (("-m", "module", "one"), "-m module one"),
        (("-c", "print(1)"), "python -c"),
    ],
)
def test_a_program_is_called_by_its_words(words: tuple[str, ...], title: str) -> None:
    """But code is too long for a title."""
    assert Program(words).title == title
