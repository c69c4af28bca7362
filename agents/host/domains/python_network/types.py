"""The types and events of the PythonNetwork domain."""

from __future__ import annotations

from typing import Literal

import attrs

State = Literal["inFlight", "finished", "failed"]


@attrs.frozen(kw_only=True)
class Header:
    """One header, as on the wire or as the program gave it; names may come again."""

    name: str
    value: str


@attrs.frozen(kw_only=True)
class Client:
    """Where a request came from."""

    address: str
    port: int | None = None


@attrs.frozen(kw_only=True)
class Request:
    """The head of a request as the server received it.

    Attributes:
        url: Absolute; its host is the one that the client named.
        protocol: http/1.0, http/1.1 or h2.
        thread: The name of the thread that handles it.
        process: The number of the program's process, as of its execution context in Runtime.
        client: Absent if the server can't tell.
        endpoint: What of the program answers, as a dotted name; absent while that is not known.
    """

    method: str
    url: str
    protocol: str
    headers: list[Header]
    thread: str
    process: int
    client: Client | None = None
    endpoint: str | None = None


@attrs.frozen(kw_only=True)
class Response:
    """The head of a response as the program gave it to the server."""

    status: int
    status_text: str
    headers: list[Header]


@attrs.frozen(kw_only=True)
class IncomingExchange:
    """A request, and what has come of it so far.

    Attributes:
        request_id: That of its row in Network.
        timestamp: When its head was received; this and the others in seconds since 1970.
        request_length: How many bytes of its body the program has read.
        response_length: How many bytes the program has given for the response's body.
        child_ids: Of what it has caused: their rows' ids in Network.
        parent_id: Of what caused it within the program.
        error_text: With what it failed.
    """

    request_id: str
    state: State
    timestamp: float
    request: Request
    request_length: int
    response_length: int
    child_ids: list[str]
    parent_id: str | None = None
    response: Response | None = None
    response_timestamp: float | None = None
    end_timestamp: float | None = None
    error_text: str | None = None


@attrs.frozen(kw_only=True)
class IncomingExchanges:
    """Several of them.

    Attributes:
        exchanges: Oldest first.
    """

    exchanges: list[IncomingExchange]


@attrs.frozen(kw_only=True)
class Child:
    """What an exchange has caused.

    Attributes:
        request_id: That of its row in Network.
        lifecycle: What it is: http.client, database.
        domain: The one that tells more of it; absent if none does.
    """

    request_id: str
    lifecycle: str
    state: State
    domain: str | None = None


@attrs.frozen(kw_only=True)
class Children:
    """What an exchange has caused.

    Attributes:
        children: In the order in which they began.
    """

    children: list[Child]


@attrs.frozen(kw_only=True)
class Body:
    """A body as far as it has passed and is kept.

    Attributes:
        body: Text, or base64; its content coding is undone.
        length: How many bytes have passed.
        kept: How many of these are here, from the first on.
        note: Why these are not all.
    """

    body: str
    base64_encoded: bool
    length: int
    kept: int
    note: str | None = None


@attrs.frozen(kw_only=True)
class RequestReceived:
    """A server has received the head of a request.

    Attributes:
        request_id: That of its row in Network.
        timestamp: In seconds since 1970, as in all events.
        parent_id: Of what caused it within the program.
    """

    request_id: str
    timestamp: float
    request: Request
    parent_id: str | None = None


@attrs.frozen(kw_only=True)
class ResponseWillBeSent:
    """The program has given the head of its response to the server.

    Attributes:
        endpoint: What of the program it was, as a dotted name.
    """

    request_id: str
    timestamp: float
    response: Response
    endpoint: str | None = None


@attrs.frozen(kw_only=True)
class DataReceived:
    """The program has read a piece of the request's body.

    Attributes:
        data_length: In bytes.
        data: Base64 of these, if they were asked for.
    """

    request_id: str
    timestamp: float
    data_length: int
    data: str | None = None


@attrs.frozen(kw_only=True)
class DataSent:
    """The program has given a piece of the response's body to the server.

    Attributes:
        data_length: In bytes.
        data: Base64 of these, if they were asked for.
    """

    request_id: str
    timestamp: float
    data_length: int
    data: str | None = None


@attrs.frozen(kw_only=True)
class ExchangeFinished:
    """The response was sent.

    Attributes:
        request_length: How many bytes of the request's body the program has read.
        response_length: How many bytes of the response's body were sent.
        complete: False if that is less than was announced.
        child_ids: Of what it has caused.
    """

    request_id: str
    timestamp: float
    request_length: int
    response_length: int
    complete: bool
    child_ids: list[str]
    parent_id: str | None = None


@attrs.frozen(kw_only=True)
class ExchangeFailed:
    """The program raised, or was cancelled, or the client has gone away.

    Attributes:
        error_type: The exception's class.
        canceled: Whether that is how a task is cancelled.
        child_ids: Of what it has caused.
    """

    request_id: str
    timestamp: float
    error_type: str
    error_text: str
    canceled: bool
    child_ids: list[str]
    parent_id: str | None = None
