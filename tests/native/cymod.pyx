# cython: language_level=3, binding=True
"""The same as backend.c, as far as it goes, by Cython."""

cdef extern from "<unistd.h>" nogil:
    int usleep(unsigned int)


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


def js__fail(message):
    raise ValueError(message)


def js__sleep(double seconds):
    cdef unsigned int microseconds = <unsigned int>(seconds * 1e6)
    with nogil:
        usleep(microseconds)


cdef class Engine:
    def run(self, script):
        return "ran " + script

    @staticmethod
    def version():
        return "1.0"
