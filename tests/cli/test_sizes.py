from __future__ import annotations

import argparse

import pytest

from tapscope.cli.sizes import count, size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("5_000_000", 5_000_000),
        ("100MB", 100_000_000),
        ("100 mb", 100_000_000),
        ("64k", 64_000),
        ("64KiB", 65_536),
        ("1.5GB", 1_500_000_000),
        ("2Gi", 2 << 30),
        ("1TB", 10**12),
        ("7B", 7),
    ],
)
def test_a_size_is_read_as_people_write_it(text: str, expected: int) -> None:
    assert size(text) == expected


@pytest.mark.parametrize(
    "text", ["", "MB", "-1", "1e3", "ten", "1PB", "1,000", "nan", "_1", "1..2"]
)
def test_what_is_no_size_is_named_with_what_would_be_one(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no size: 100MB"):
        size(text)


@pytest.mark.parametrize(("text", "expected"), [("1", 1), ("10_000", 10_000)])
def test_a_count_is_a_number_from_one_on(text: str, expected: int) -> None:
    assert count(text) == expected


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", ""])
def test_what_is_no_count_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no number from 1 on"):
        count(text)
