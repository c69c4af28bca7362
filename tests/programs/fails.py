"""Ends with an uncaught error that has a cause."""


def outer() -> None:
    try:
        inner()
    except KeyError as error:
        raise RuntimeError("outer") from error


def inner() -> None:
    raise KeyError("inner")


outer()
