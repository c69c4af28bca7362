"""Records and warnings of a program, which behaves as it would without us."""

from __future__ import annotations

import logging
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Iterator

import pytest

from tapscope.channels.log import RecordLogged
from tapscope.channels.testing import capture
from tapscope.integrations import logging as logging_integration
from tapscope.integrations import warnings as warnings_integration


@pytest.fixture
def events() -> Iterator[capture]:
    """What is logged while both integrations are in."""
    undos = [logging_integration.install(), warnings_integration.install()]
    with capture("log.record") as captured:
        yield captured
    for undo in undos:
        undo()


def told(events: capture) -> list[tuple[str, str]]:
    records: list[RecordLogged] = events.messages
    return [(record.logger, record.message) for record in records]


def test_records_of_all_loggers_are_published(events: capture) -> None:
    """Also of those that hand nothing on to the root."""
    alone = logging.getLogger("alone")
    alone.propagate = False
    alone.addHandler(logging.NullHandler())
    alone.warning("one")
    logging.getLogger("other").error("two")
    assert told(events) == [("alone", "one"), ("other", "two")]


def test_a_warning_that_is_shown_is_a_record() -> None:
    """In a program of its own, as pytest shows none."""
    program = """
        import warnings
        def old():
            warnings.warn("old ink", DeprecationWarning, stacklevel=2)
        def caller():
            old()
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            caller()
        [record] = captured.messages
        print((record.logger, record.level_name, record.message, record.stack[0].co_name))
        """
    run = subprocess.run(
        [sys.executable, "-c", PATCHED + textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = "('py.warnings', 'WARNING', 'DeprecationWarning: old ink', 'caller')"
    assert run.stdout == f"{told}\n"
    assert "DeprecationWarning: old ink" in run.stderr


def test_a_warning_that_the_program_records_is_not(events: capture) -> None:
    with warnings.catch_warnings(record=True) as recorded:
        warnings.simplefilter("always")
        warnings.warn("old ink", stacklevel=1)
    assert len(recorded) == 1
    assert events.messages == []


def test_a_warning_that_is_redirected_to_logging_is_a_record_once(events: capture) -> None:
    logging.captureWarnings(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("old ink", stacklevel=1)
    finally:
        logging.captureWarnings(False)
    [(logger, message)] = told(events)
    assert logger == "py.warnings"
    assert "old ink" in message


PROGRAMS = {
    "without configuration": """
        logging.warning("to the last resort")
        logging.getLogger("a").info("to nobody")
        """,
    "basicConfig": """
        logging.getLogger("early").warning("before")
        logging.basicConfig(format="%(name)s:%(levelname)s:%(lineno)d:%(funcName)s", level=10)
        def f():
            logging.getLogger("a.b").debug("x", stack_info=True)
            logging.getLogger("a.b").info("x", stacklevel=2)
        f()
        print(logging.root.handlers, logging.getLogger("a").hasHandlers())
        """,
    "dictConfig": """
        import logging.config
        log = logging.getLogger("gone")
        logging.config.dictConfig({
            "version": 1, "root": {"level": "INFO", "handlers": ["h"]},
            "handlers": {"h": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
        })
        log.warning("disabled")
        logging.getLogger("new").info("shown")
        """,
    "an error in a handler": """
        logging.basicConfig()
        logging.warning("%d", "no number")
        """,
    "an error in a filter": """
        log = logging.getLogger("a")
        log.addFilter(lambda record: 1 / 0)
        log.error("x")
        """,
    "warnings": """
        import warnings
        warnings.warn("one")
        def old():
            warnings.warn("two", DeprecationWarning, stacklevel=2)
        old()
        warnings.formatwarning = lambda *args, **more: f"mine {args[0]} {args[3]}\\n"
        warnings.warn("three")
        warnings.showwarning = lambda *args, **more: __import__("traceback").print_stack()
        warnings.warn("four")
        """,
}  # fmt: skip

PATCHED = """
from tapscope import integrations
from tapscope.channels.testing import capture
integrations.install()
captured = capture("log.record")
captured.__enter__()
"""


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_a_program_prints_stays_the_same(
    program: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outcomes: list[tuple[int, str, str]] = []
    script = tmp_path_factory.mktemp("logging") / "program.py"
    for first in ("", PATCHED):
        # In one line, so that the lines of the program keep their numbers.
        script.write_text(
            f"exec({first!r}, {{}}); import logging, sys\n{textwrap.dedent(PROGRAMS[program])}"
        )
        run = subprocess.run(
            [sys.executable, str(script)], capture_output=True, text=True, check=False
        )
        lines = [line for line in run.stderr.splitlines() if "exec('" not in line]
        outcomes.append((run.returncode, run.stdout, "\n".join(lines)))
    assert outcomes[0] == outcomes[1]
