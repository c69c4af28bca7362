"""The middleware, under a server that does what PEP 3333 says and no more."""

from __future__ import annotations

import copy
import io
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from wsgiref.util import FileWrapper
from wsgiref.validate import validator

import pytest

from tapscope import integrations
from tapscope.channels.serving import ClientDisconnected, ResponseIncomplete
from tapscope.integrations.wsgi import TapscopeMiddleware
from tests.integrations import wsgi_jobs as jobs
from tests.integrations.incoming_recording import Incomings, recording_incoming
from tests.integrations.wsgi_fakes import App, FakeServer, environ

OURS = str(Path(integrations.__file__).parent)
TEXT = [("Content-Type", "text/plain")]


def _our_files(error: BaseException) -> set[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return {frame.filename for frame in frames if frame.filename.startswith(OURS)}


def hello(_environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 Fine", TEXT)
    return [b"hello ", b"world"]


def streamed(_environ: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
    start_response("200 OK", TEXT)
    yield b"one "
    jobs.do("streamed")
    yield b"two"


def written(_environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
    write = start_response("200 OK", TEXT)
    write(b"written ")
    return [b"given"]


class Closing:
    """An iterable, not an iterator, with something to close."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        jobs.do("closed")
        self.closed += 1


def giving(result: Any, *headers: tuple[str, str], status: str = "200 OK") -> App:
    """Make an application that gives *result*."""

    def app(_environ: Any, start_response: Callable[..., Any]) -> Any:
        start_response(status, [*headers])
        return result

    return app


@pytest.mark.parametrize(
    ("app", "body"),
    [(hello, b"hello world"), (streamed, b"one two"), (written, b"written given")],
)
def test_an_answer_is_told_as_it_is_given(app: App, body: bytes, incomings: Incomings) -> None:
    assert FakeServer().serve(TapscopeMiddleware(app)) == body
    told = incomings.only()
    assert told.events == ["start", "headers", "body_chunk", "body_chunk", "finish"]
    assert told.body == body
    assert told.finished is not None
    assert told.finished.encoded_length == len(body)
    assert told.is_complete


def test_the_head_has_status_reason_and_headers(incomings: Incomings) -> None:
    FakeServer().serve(TapscopeMiddleware(hello))
    answer = incomings.only().answer
    assert (answer.status, answer.reason, answer.headers) == (200, "Fine", TEXT)


def test_a_request_tells_who_answers_it(incomings: Incomings) -> None:
    FakeServer().serve(TapscopeMiddleware(hello))
    endpoint = incomings.only().started.endpoint
    assert endpoint is not None
    assert endpoint.endswith("test_wsgi.hello")


def test_the_middleware_stands_in_for_the_application() -> None:
    class App:
        debug = True

        def __call__(self, *_: Any) -> list[bytes]:
            return []

    middleware: Any = TapscopeMiddleware(App())
    assert middleware.debug
    assert copy.copy(middleware).debug
    assert not hasattr(middleware, "config")


def test_a_list_is_given_as_it_is(incomings: Incomings) -> None:
    """Servers look at its length to tell what Content-Length is."""
    result = [b"all"]
    middleware = TapscopeMiddleware(giving(result))
    assert middleware(environ(), FakeServer().start_response) is result
    assert incomings.only().is_complete


def test_an_iterator_need_not_be_asked_for_itself(incomings: Incomings) -> None:
    body: Any = TapscopeMiddleware(streamed)(environ(), FakeServer().start_response)
    assert [next(body), next(body), next(body, None)] == [b"one ", b"two", None]
    assert incomings.only().sent == [b"one ", b"two"]


def test_an_iterator_may_say_that_it_is_empty(incomings: Incomings) -> None:
    """One with a length may count what is left; that is no word on whether to ask it."""

    class Left(Closing):
        def __init__(self, *pieces: bytes) -> None:
            super().__init__(*pieces)
            self.left = list(pieces)

        def __iter__(self) -> Iterator[bytes]:
            return self

        def __next__(self) -> bytes:
            if not self.left:
                raise StopIteration
            return self.left.pop(0)

        def __len__(self) -> int:
            return 0

    assert FakeServer().serve(TapscopeMiddleware(giving(Left(b"one", b"two")))) == b"onetwo"
    assert incomings.only().is_complete


def test_an_iterable_has_a_length_only_if_it_had_one() -> None:
    class Sized(Closing):
        def __len__(self) -> int:
            return len(self.pieces)

    server = FakeServer()
    with recording_incoming():
        sized = TapscopeMiddleware(giving(Sized(b"one")))(environ(), server.start_response)
        assert len(sized) == 1
        sized.close()
        other = TapscopeMiddleware(giving(Closing(b"one")))(environ(), server.start_response)
        assert not hasattr(other, "__len__")
        other.close()


def test_attributes_of_an_iterable_are_its_own() -> None:
    result = Closing(b"one")
    with recording_incoming():
        taken = TapscopeMiddleware(giving(result))(environ(), FakeServer().start_response)
        assert taken.pieces is result.pieces
        taken.close()


def test_a_result_is_closed_once_and_inside_the_exchange(incomings: Incomings) -> None:
    result = Closing(b"one", b"two")
    with jobs.parents() as parents:
        FakeServer().serve(TapscopeMiddleware(giving(result)))
    assert result.closed == 1
    assert parents == {"closed": incomings.only().started.id}


def test_what_a_generator_does_is_caused_by_the_request(incomings: Incomings) -> None:
    with jobs.parents() as parents:
        FakeServer().serve(TapscopeMiddleware(streamed))
    assert parents == {"streamed": incomings.only().started.id}


def test_nothing_is_left_behind_between_two_pieces(incomings: Incomings) -> None:
    """Nor after the answer, for the next request in that thread."""
    with jobs.parents() as parents:
        body = TapscopeMiddleware(streamed)(environ(), FakeServer().start_response)
        jobs.do("before")
        pieces = iter(body)
        next(pieces)
        jobs.do("between")
        assert list(pieces) == [b"two"]
        jobs.do("after")
        body.close()
        jobs.do("closed")
    del parents["streamed"]
    assert parents == dict.fromkeys(["before", "between", "after", "closed"])
    assert incomings.only().is_complete


def test_the_work_that_a_request_is_handled_in_is_its_parent(incomings: Incomings) -> None:
    """So that of a test client's call, say."""
    with jobs.parents(), jobs.inside("test") as test:
        FakeServer().serve(TapscopeMiddleware(hello))
    assert incomings.only().started.parent == test.id


def _by_read(body: Any) -> bytes:
    return bytes(body.read())


def _by_small_reads(body: Any) -> bytes:
    return bytes(body.read(3)) + b"".join(iter(lambda: body.read(2), b""))


def _by_lines(body: Any) -> bytes:
    return bytes(body.readline() + body.readline(2) + body.read())


def _by_all_lines(body: Any) -> bytes:
    return b"".join(body.readlines())


def _by_iterating(body: Any) -> bytes:
    return b"".join(body)


def _by_next(body: Any) -> bytes:
    return bytes(next(body) + next(body))


def _by_read1(body: Any) -> bytes:
    return bytes(body.read1(100))


def _by_readinto(body: Any) -> bytes:
    whole, buffer = b"", bytearray(5)
    while count := body.readinto(buffer):
        whole += buffer[:count]
    return whole


def _by_a_buffer(body: Any) -> bytes:
    return io.BufferedReader(body).read()


def _by_text(body: Any) -> bytes:
    return io.TextIOWrapper(body, newline="").read().encode()


def _twice(body: Any) -> bytes:
    body.read()
    body.seek(0)
    return bytes(body.read())


def _again_in_the_middle(body: Any) -> bytes:
    start = body.read(8)
    body.seek(4)
    return bytes(start + body.read()[4:])


@pytest.mark.parametrize(
    "read",
    [
        _by_read,
        _by_small_reads,
        _by_lines,
        _by_all_lines,
        _by_iterating,
        _by_next,
        _by_read1,
        _by_readinto,
        _by_a_buffer,
        _by_text,
        _twice,
        _again_in_the_middle,
    ],
)
def test_a_request_body_is_told_once_however_it_is_read(
    read: Callable[[Any], bytes], incomings: Incomings
) -> None:
    body = b"first line\nsecond"

    def app(environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        return [read(environ["wsgi.input"])]

    assert FakeServer().serve(TapscopeMiddleware(app), environ("POST", body=body)) == body
    assert incomings.only().request_body == body


def test_a_body_that_is_not_read_is_not_touched(incomings: Incomings) -> None:
    request = environ("POST", body=b"ignored")
    body = request["wsgi.input"]
    FakeServer().serve(TapscopeMiddleware(hello), request)
    assert body.read() == b"ignored"
    assert incomings.only().request_body == b""


def test_an_input_has_the_attributes_and_the_class_it_had(incomings: Incomings) -> None:
    seen: list[bool] = []

    class Minimal:
        def read(self, _size: int = -1) -> bytes:
            return b""

    def app(environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"]
        seen.append(isinstance(body, Minimal) and not hasattr(body, "readinto"))
        return hello(environ, start_response)

    FakeServer().serve(TapscopeMiddleware(app), environ(wsgi_input=Minimal()))
    assert seen == [True]
    assert incomings.only().is_complete


def test_an_error_of_the_application_is_told_and_raised(incomings: Incomings) -> None:
    error = ValueError("no")

    def app(_environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        raise error

    with pytest.raises(ValueError, match="no") as caught:
        FakeServer().serve(TapscopeMiddleware(app))
    assert caught.value is error
    told = incomings.only()
    assert told.events == ["start", "error"]
    assert told.error is error


def test_an_error_in_the_middle_of_an_answer_is_told_and_raised(incomings: Incomings) -> None:
    def app(_environ: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"some"
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        FakeServer().serve(TapscopeMiddleware(app))
    told = incomings.only()
    assert told.events == ["start", "headers", "body_chunk", "error"]
    assert isinstance(told.error, ValueError)


@pytest.mark.parametrize("watched", [True, False], ids=["watched", "idle"])
@pytest.mark.parametrize("where", ["call", "iteration", "write", "start_response", "input"])
def test_a_traceback_shows_no_frame_of_ours(where: str, *, watched: bool) -> None:
    def app(environ: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
        if where == "input":
            environ["wsgi.input"].read("much")
        write = start_response("200 OK" if where != "start_response" else None, [])
        if where == "write":
            write(None)
        yield b""
        raise ValueError(where)

    def calling(environ: Any, start_response: Callable[..., Any]) -> Any:
        if where == "call":
            raise ValueError(where)
        return app(environ, start_response)

    listening = recording_incoming() if watched else nullcontext()
    with listening, pytest.raises((ValueError, TypeError)) as caught:
        _Strict().serve(TapscopeMiddleware(calling))
    assert _our_files(caught.value) == set()


class _Broken:
    """An input that fails however it is read."""

    def _fail(self, *_: Any) -> Any:
        raise OSError("cut off")

    read = readline = readlines = readinto = __iter__ = __next__ = _fail


@pytest.mark.parametrize(
    "read",
    [_by_read, _by_lines, _by_all_lines, _by_iterating, _by_next, _by_readinto],
)
def test_an_error_of_the_input_reaches_the_program_as_it_is(
    read: Callable[[Any], bytes], incomings: Incomings
) -> None:
    def app(environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        with pytest.raises(OSError, match="cut off") as caught:
            read(environ["wsgi.input"])
        assert _our_files(caught.value) == set()
        return hello(environ, start_response)

    FakeServer().serve(TapscopeMiddleware(app), environ("POST", wsgi_input=_Broken()))
    assert incomings.only().is_complete


@pytest.mark.parametrize("file", [True, False], ids=["file", "iterable"])
def test_an_error_in_closing_reaches_the_server_as_it_is(*, file: bool) -> None:
    class Failing(Closing):
        def close(self) -> None:
            raise OSError("cut off")

    request = environ(wsgi_file_wrapper=Failing if file else None)
    with recording_incoming() as incomings, pytest.raises(OSError, match="cut off") as caught:
        FakeServer().serve(TapscopeMiddleware(giving(Failing(b"some"))), request)
    assert _our_files(caught.value) == set()
    assert incomings.only().is_complete


class _Slots:
    __slots__ = ()

    def __iter__(self) -> Iterator[bytes]:
        yield b"some"


def test_a_file_that_can_not_be_followed_ends_when_it_is_given(incomings: Incomings) -> None:
    app = TapscopeMiddleware(giving(_Slots()))
    assert FakeServer().serve(app, environ(wsgi_file_wrapper=_Slots)) == b"some"
    assert incomings.only().events == ["start", "headers", "finish"]


def test_a_file_that_the_client_leaves_fails_the_exchange(incomings: Incomings) -> None:
    app = TapscopeMiddleware(giving(Closing(b"one ", b"two")))
    with pytest.raises(BrokenPipeError):
        FakeServer(takes=1).serve(app, environ(wsgi_file_wrapper=Closing))
    assert isinstance(incomings.only().error, BrokenPipeError)


class _Unspeakable:
    """Something that integrations can't look at."""

    def __str__(self) -> str:
        raise RuntimeError("no")

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("no")


def test_a_request_that_can_not_be_told_is_answered_all_the_same() -> None:
    with recording_incoming() as incomings:
        answer = FakeServer().serve(
            TapscopeMiddleware(hello), environ(wsgi_url_scheme=_Unspeakable())
        )
    assert answer == b"hello world"
    assert incomings == []


def test_a_result_that_can_not_be_looked_at_is_handed_on() -> None:
    result = _Unspeakable()
    with recording_incoming():
        middleware = TapscopeMiddleware(giving(result))
        assert middleware(environ(), FakeServer().start_response) is result


class _Strict(FakeServer):
    def start_response(self, status: Any, headers: Any, exc_info: Any = None) -> Any:
        if status is None:
            raise TypeError("a status is a text")
        return super().start_response(status, headers, exc_info)

    def write(self, data: Any) -> None:
        if data is None:
            raise TypeError("a piece is bytes")


def test_the_head_that_is_sent_is_the_last_one(incomings: Incomings) -> None:
    """An application may take back the first as long as nothing is sent."""

    def app(_environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        try:
            int("no")
        except ValueError:
            start_response("500 Oh", TEXT, sys.exc_info())
        return [b"sorry"]

    server = FakeServer()
    server.serve(TapscopeMiddleware(app))
    assert server.status == "500 Oh"
    assert incomings.only().answer.status == 500


def test_a_head_that_comes_too_late_is_not_told(incomings: Incomings) -> None:
    def app(_environ: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"some"
        try:
            int("no")
        except ValueError:
            start_response("500 Oh", [], sys.exc_info())

    with pytest.raises(ValueError, match="no"):
        FakeServer().serve(TapscopeMiddleware(app))
    told = incomings.only()
    assert told.answer.status == 200
    assert isinstance(told.error, ValueError)


@pytest.mark.parametrize(
    ("method", "status"),
    [("HEAD", "200 OK"), ("GET", "204 No Content"), ("GET", "304 Not Modified")],
)
def test_an_answer_without_a_body_is_complete(
    method: str, status: str, incomings: Incomings
) -> None:
    """Even if a Content-Length speaks of what a GET would give, and whatever comes with it."""
    app = giving([b"left out by the server"], ("Content-Length", "100"), status=status)
    FakeServer().serve(TapscopeMiddleware(app), environ(method))
    told = incomings.only()
    assert told.body == b""
    assert told.is_complete


def test_a_client_that_goes_away_fails_the_exchange(incomings: Incomings) -> None:
    with pytest.raises(BrokenPipeError):
        FakeServer(takes=1).serve(TapscopeMiddleware(streamed))
    told = incomings.only()
    assert told.body == b"one two"
    assert isinstance(told.error, BrokenPipeError)


def test_a_response_closed_before_its_end_fails_the_exchange(incomings: Incomings) -> None:
    body = TapscopeMiddleware(streamed)(environ(), FakeServer().start_response)
    next(iter(body))
    body.close()
    assert isinstance(incomings.only().error, ClientDisconnected)


def test_a_response_closed_after_all_it_announced_is_complete(incomings: Incomings) -> None:
    app = giving(iter([b"all", b""]), ("Content-Length", "3"))
    body = TapscopeMiddleware(app)(environ(), FakeServer().start_response)
    next(iter(body))
    body.close()
    assert incomings.only().is_complete


def test_a_response_shorter_than_announced_fails_the_exchange(incomings: Incomings) -> None:
    FakeServer().serve(TapscopeMiddleware(giving([b"some"], ("Content-Length", "10"))))
    assert isinstance(incomings.only().error, ResponseIncomplete)
    assert str(incomings.only().error) == "the body has 4 bytes, and its Content-Length is 10"


def test_a_response_that_is_dropped_fails_the_exchange(incomings: Incomings) -> None:
    body = TapscopeMiddleware(streamed)(environ(), FakeServer().start_response)
    del body
    assert isinstance(incomings.only().error, ResponseIncomplete)


def test_a_file_is_handed_on_as_it_is(incomings: Incomings) -> None:
    """The server may send it without reading it here, so only its length can be told."""
    file = FileWrapper(io.BytesIO(b"content"))
    app = giving(file, ("Content-Length", "7"))
    middleware = TapscopeMiddleware(app)
    taken: Any = middleware(environ(wsgi_file_wrapper=FileWrapper), FakeServer().start_response)
    assert taken is file
    assert incomings.only().events == ["start", "headers"]
    taken.close()
    assert file.filelike.closed
    told = incomings.only()
    assert told.finished is not None
    assert (told.finished.encoded_length, told.body) == (7, b"")


def test_a_file_wrapper_may_be_any_callable(incomings: Incomings) -> None:
    """Then nothing tells what it has made from other iterables."""

    def wrapper(file: io.BytesIO) -> Iterator[bytes]:
        yield file.read()

    def app(environ: Any, start_response: Callable[..., Any]) -> Any:
        start_response("200 OK", [])
        return environ["wsgi.file_wrapper"](io.BytesIO(b"content"))

    request = environ(wsgi_file_wrapper=wrapper)
    assert FakeServer().serve(TapscopeMiddleware(app), request) == b"content"
    assert incomings.only().body == b"content"


def test_a_servers_own_sign_is_handed_on_as_it_is(incomings: Incomings) -> None:
    handled = object()
    assert TapscopeMiddleware(giving(handled))(environ(), FakeServer().start_response) is handled
    assert incomings.only().is_complete


@pytest.mark.parametrize("result", [None, 7])
def test_a_result_that_is_none_is_the_servers_to_complain_of(result: Any) -> None:
    with recording_incoming(), pytest.raises(TypeError, match="not iterable"):
        FakeServer().serve(TapscopeMiddleware(giving(result)))


def test_a_request_is_told_once_however_many_middlewares_it_passes(incomings: Incomings) -> None:
    def copying(environ: Any, start_response: Callable[..., Any]) -> Any:
        return TapscopeMiddleware(hello)(dict(environ), start_response)

    FakeServer().serve(TapscopeMiddleware(TapscopeMiddleware(copying)))
    assert incomings.only().body == b"hello world"


def test_a_request_made_inside_another_one_is_told_as_its_child(incomings: Incomings) -> None:
    def outer(_environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        return [FakeServer().serve(TapscopeMiddleware(hello), environ(path="/inner"))]

    FakeServer().serve(TapscopeMiddleware(outer))
    assert [each.started.parent for each in incomings] == [None, incomings[0].started.id]


def test_while_nobody_listens_the_application_gets_the_servers_own_objects() -> None:
    seen: list[Any] = []

    def app(*args: Any) -> list[bytes]:
        seen.extend(args)
        return []

    request, server = environ(), FakeServer()
    start_response, body = server.start_response, request["wsgi.input"]
    TapscopeMiddleware(app)(request, start_response)
    assert seen[0] is request
    assert request["wsgi.input"] is body
    assert seen[1] is start_response


@pytest.mark.parametrize("app", [hello, streamed, written])
def test_a_validator_finds_nothing_to_complain_of(
    app: App, incomings: Incomings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither one in front of the middleware nor one behind it."""
    checked = validator(TapscopeMiddleware(validator(app)))
    assert FakeServer().serve(checked, environ(CONTENT_LENGTH=None))
    assert incomings.only().is_complete
    assert capsys.readouterr() == ("", "")
