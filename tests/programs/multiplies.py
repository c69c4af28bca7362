"""Works with child processes; the first argument is how they are started."""

import multiprocessing
import os
import sys


class Number:
    def __init__(self, value: int) -> None:
        self.value = value


def double(number: Number) -> Number:
    return Number(2 * number.value)


if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    with context.Pool(2) as pool:
        doubled = pool.map(double, [Number(each) for each in range(5)])
    print([each.value for each in doubled])
    child = context.Process(target=os._exit, args=(7,))
    child.start()
    child.join()
    print(child.exitcode)
