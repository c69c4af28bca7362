"""Has an address fetched by child processes; the first argument is how they are started."""

import concurrent.futures
import multiprocessing
import sys


def fetch(url: str) -> int:
    import httpx

    return httpx.get(url, timeout=60).status_code


if __name__ == "__main__":
    method, url = sys.argv[1:]
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        print(list(pool.map(fetch, [f"{url}/{each}" for each in range(4)])))
