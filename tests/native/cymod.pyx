# cython: language_level=3, binding=True
"""The same as backend.c, as far as it goes, by Cython."""


def js__add(a, b=1):
    """Add two numbers."""
    return a + b


def js__each(callback, int count):
    for number in range(count):
        callback(number)
    return count


def js__count(end):
    for number in range(end):
        yield number


cdef class Engine:
    def run(self, script):
        return "ran " + script

    @staticmethod
    def version():
        return "1.0"
