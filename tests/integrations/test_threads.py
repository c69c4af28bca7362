"""What is done in other threads belongs to the exchange that asked for it."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import logging.handlers
import os
import queue
import subprocess
import sys
import textwrap
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing import get_context
from multiprocessing.pool import ThreadPool
from pathlib import Path
from typing import Any

import pytest

from tapscope import integrations
from tests.integrations import wsgi_jobs as jobs

OURS = str(Path(integrations.__file__).parent)
own: contextvars.ContextVar[str] = contextvars.ContextVar("own", default="unset")


class Subclass(threading.Thread):
    """With a ``run`` and a ``start`` of its own."""

    def __init__(self, job: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.job = job

    def start(self) -> None:
        super().start()

    def run(self) -> None:
        self.job()


class Submitting(ThreadPoolExecutor):
    """With a ``submit`` of its own."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(fn, *args, **kwargs)


def by_thread(job: Callable[[], object]) -> None:
    _run(threading.Thread(target=job))


def by_daemon(job: Callable[[], object]) -> None:
    _run(threading.Thread(target=job, daemon=True))


def by_subclass(job: Callable[[], object]) -> None:
    _run(Subclass(job))


def by_timer(job: Callable[[], object]) -> None:
    _run(threading.Timer(0, job))


def by_thread_in_thread(job: Callable[[], object]) -> None:
    _run(threading.Thread(target=lambda: by_thread(job)))


def by_executor(job: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as executor:
        executor.submit(job).result()


def by_executor_subclass(job: Callable[[], object]) -> None:
    with Submitting(1) as executor:
        executor.submit(job).result()


def by_map(job: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as executor:
        list(executor.map(_calling(job), [1]))


def by_to_thread(job: Callable[[], object]) -> None:
    asyncio.run(asyncio.to_thread(job))


def by_run_in_executor(job: Callable[[], object]) -> None:
    async def main() -> None:
        await asyncio.get_running_loop().run_in_executor(None, job)

    asyncio.run(main())


def by_apply(job: Callable[[], object]) -> None:
    with ThreadPool(1) as pool:
        pool.apply(job)


def by_pool_map(job: Callable[[], object]) -> None:
    with ThreadPool(1) as pool:
        pool.map(_calling(job), [1])


def by_imap(job: Callable[[], object]) -> None:
    with ThreadPool(1) as pool:
        list(pool.imap(func=_calling(job), iterable=[1]))


def _calling(job: Callable[[], object]) -> Callable[[int], object]:
    return lambda _: job()


def _run(thread: threading.Thread) -> None:
    thread.start()
    thread.join()


every_way = pytest.mark.parametrize(
    "way",
    [
        by_thread,
        by_daemon,
        by_subclass,
        by_timer,
        by_thread_in_thread,
        by_executor,
        by_executor_subclass,
        by_map,
        by_to_thread,
        by_run_in_executor,
        by_apply,
        by_pool_map,
        by_imap,
    ],
)


@pytest.fixture
def parents() -> Iterator[dict[str, int | None]]:
    with jobs.parents() as found:
        yield found


@every_way
def test_an_exchange_goes_along(way: Callable[..., None], parents: dict[str, int | None]) -> None:
    with jobs.inside("outer") as outer:
        way(lambda: jobs.do("inner"))
    assert parents["inner"] == outer.id


@every_way
def test_without_an_exchange_there_is_none(
    way: Callable[..., None], parents: dict[str, int | None]
) -> None:
    way(lambda: jobs.do("inner"))
    assert parents == {"inner": None}


@pytest.mark.parametrize("way", [by_thread, by_subclass, by_timer, by_executor, by_apply])
def test_the_programs_own_context_does_not_go_along(way: Callable[..., None]) -> None:
    """It didn't before either."""
    seen: list[str] = []
    token = own.set("set")
    with jobs.parents(), jobs.inside("outer"):
        way(lambda: seen.append(own.get()))
    own.reset(token)
    assert seen == ["unset"]


def test_a_pools_thread_belongs_to_no_exchange(parents: dict[str, int | None]) -> None:
    """Though it was started inside one: its next work is somebody else's."""
    with ThreadPoolExecutor(1) as executor, ThreadPool(1) as pool:
        with jobs.inside("outer"):
            executor.submit(jobs.do, "executor").result()
            pool.apply(jobs.do, ["pool"])
        executor.submit(jobs.do, "executor later").result()
        pool.apply(jobs.do, ["pool later"])
    assert parents["executor later"] is parents["pool later"] is None


def test_an_executor_with_threads_of_its_own_keeps_work_apart(
    parents: dict[str, int | None],
) -> None:
    class Own(ThreadPoolExecutor):
        _work_queue: queue.SimpleQueue[Any]

        def _adjust_thread_count(self) -> None:
            thread = threading.Thread(target=self._work)
            thread.start()
            self._threads = {*self._threads, thread}

        def _work(self) -> None:
            while (item := self._work_queue.get()) is not None:
                item.run()
            self._work_queue.put(None)

    with Own(1) as executor:
        with jobs.inside("outer"):
            executor.submit(jobs.do, "inner").result()
        executor.submit(jobs.do, "later").result()
    assert parents["later"] is None


def test_what_sets_a_pools_thread_up_belongs_to_no_exchange(
    parents: dict[str, int | None],
) -> None:
    with jobs.inside("outer") as outer:
        executor = ThreadPoolExecutor(1, initializer=jobs.do, initargs=("executor set-up",))
        with executor:
            executor.submit(jobs.do, "executor").result()
        with ThreadPool(1, jobs.do, ["pool set-up"]) as pool:
            pool.apply(jobs.do, ["pool"])
    assert parents["executor set-up"] is parents["pool set-up"] is None
    assert parents["executor"] == parents["pool"] == outer.id


def test_what_a_future_calls_back_belongs_to_its_work(parents: dict[str, int | None]) -> None:
    go = threading.Event()
    with ThreadPoolExecutor(1) as executor, jobs.inside("outer") as outer:
        future = executor.submit(go.wait)
        future.add_done_callback(lambda _: jobs.do("called back"))
        go.set()
    assert parents["called back"] == outer.id


def test_a_server_started_in_an_exchange_answers_for_itself(
    parents: dict[str, int | None],
) -> None:
    """As do a log's listener and others of the standard library that serve whoever comes."""

    class Handler(BaseHTTPRequestHandler):
        pass

    class Server(HTTPServer):
        def service_actions(self) -> None:
            jobs.do("serving")
            began.set()

    class Listener(logging.handlers.QueueListener):
        def handle(self, record: logging.LogRecord) -> None:
            jobs.do(record.msg)

    began = threading.Event()
    records: queue.Queue[logging.LogRecord] = queue.Queue()
    with Server(("127.0.0.1", 0), Handler) as server, jobs.inside("outer"):
        listener = Listener(records)
        listener.start()
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        assert began.wait(60)
        server.shutdown()
        thread.join()
        records.put(logging.makeLogRecord({"msg": "listening"}))
        listener.stop()
    assert parents["serving"] is parents["listening"] is None


def test_a_thread_that_can_not_be_started_raises_what_it_raised() -> None:
    thread = threading.Thread(target=lambda: None)
    with jobs.parents(), jobs.inside("outer"):
        _run(thread)
        with pytest.raises(RuntimeError, match="only be started once") as caught:
            thread.start()
    assert _our_files(caught.value) == set()


@every_way
def test_an_error_in_a_thread_shows_no_frame_of_ours(
    way: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[Any] = []

    def keep(args: threading.ExceptHookArgs) -> None:
        errors.append(args.exc_value)

    monkeypatch.setattr(threading, "excepthook", keep)

    def job() -> None:
        raise ValueError("no")

    with jobs.parents(), jobs.inside("outer"):
        try:
            way(job)
        except ValueError as error:
            errors.append(error)
    assert [type(error) for error in errors] == [ValueError]
    assert _our_files(errors[0]) == set()


@pytest.mark.parametrize("way", [by_thread, by_subclass, by_timer])
def test_there_is_no_frame_of_ours_beneath_a_thread(way: Callable[..., None]) -> None:
    files: set[str] = set()
    with jobs.parents(), jobs.inside("outer"):
        way(lambda: files.update(frame.filename for frame in traceback.extract_stack()))
    assert {file for file in files if file.startswith(OURS)} == set()


def test_a_target_is_asked_nothing_but_to_run() -> None:
    class Target:
        ran = False

        def __bool__(self) -> bool:
            raise ValueError("no")

        def __call__(self) -> None:
            self.ran = True

        def __getattribute__(self, name: str) -> Any:
            if name == "__module__":
                raise ValueError("no")
            return super().__getattribute__(name)

    target = Target()
    with jobs.parents(), jobs.inside("outer"):
        # Its own name for the thread would ask the target for one.
        _run(threading.Thread(target=target, name="thread"))
    assert target.ran


def test_nothing_is_left_on_a_thread() -> None:
    go = threading.Event()
    thread = threading.Thread(target=go.wait)
    before = set(vars(thread))
    with jobs.parents(), jobs.inside("outer"):
        thread.start()
        assert set(vars(thread)) == before
        assert vars(thread)["_target"] == go.wait
        go.set()
        thread.join()


def test_work_for_processes_is_pickled_as_it_was(
    parents: dict[str, int | None], tmp_path: Path
) -> None:
    context = get_context("spawn")
    # It waits for its text: what is done already calls back at once, and here.
    os.mkfifo(pipe := tmp_path / "pipe")
    with jobs.inside("outer"), ProcessPoolExecutor(1, mp_context=context) as executor:
        future = executor.submit(Path.read_text, pipe)
        future.add_done_callback(lambda _: jobs.do("called back"))
        pipe.write_text("four")
        assert future.result() == "four"
    # By a thread that serves all who submit.
    assert parents["called back"] is None


def test_signatures_stay() -> None:
    methods: list[tuple[Any, str]] = [(threading.Thread, "start"), (ThreadPool, "imap")]
    watched = [inspect.signature(getattr(owner, name)) for owner, name in methods]
    integrations.uninstall()
    assert watched == [inspect.signature(getattr(owner, name)) for owner, name in methods]


@pytest.mark.parametrize("when", ["before", "after"])
def test_gevents_threads_are_followed(when: str) -> None:
    """Whenever it has replaced them."""
    program = f"""
        if {when == "before"}:
            import gevent.monkey; gevent.monkey.patch_all()
        from tapscope import integrations
        integrations.install()
        if {when == "after"}:
            import gevent.monkey; gevent.monkey.patch_all()
        import threading
        from concurrent.futures import ThreadPoolExecutor
        from tapscope.channels import lifecycle
        job = lifecycle("tests.job")
        job.start.subscribe(lambda event, _: print(event.name, event.parent))
        executor = ThreadPoolExecutor(1)
        with job.exchange("outer"):
            thread = threading.Thread(target=lambda: job.exchange("thread").start())
            thread.start()
            thread.join()
            executor.submit(lambda: job.exchange("executor").start()).result()
        executor.submit(lambda: job.exchange("later").start()).result()
        executor.shutdown()
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ran.stdout == "outer None\nthread 1\nexecutor 1\nlater None\n"


def _our_files(error: BaseException) -> set[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return {frame.filename for frame in frames if frame.filename.startswith(OURS)}
