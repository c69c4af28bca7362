"""Exchanges that are not HTTP, as events of the Network domain."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from ....link.messages import Event, ExchangeFailed, WorkAnswered, WorkChunk, WorkStarted
from ...api.rows import Row
from ...api.target import Target
from ...store.clock import seconds
from ...store.exchange import Exchange
from . import types
from .initiators import LOADER, Initiators
from .row_loading import Added, RowLoading
from .row_streams import MIME_TYPE, items_of
from .shown import row_of
from .timing import resource_timing
from .urls import RowUrls

_ERROR = 400
"""The first status of a row that is red."""
_CLIENTS = frozenset({"http.client", "websocket.client"})


class RowTranslator:
    """Turns exchanges into the events of the rows that their domains make of them.

    A row has one response, told twice: with status 0, which DevTools takes for
    none yet, when the first of it is there, and again when all is known.
    """

    def __init__(self, target: Target, urls: RowUrls, initiators: Initiators) -> None:
        self._target = target
        self._urls = urls
        self._initiators = initiators
        # Of those whose start was told and whose end was not; weak, as they may be forgotten.
        self._loading: WeakKeyDictionary[Exchange, RowLoading] = WeakKeyDictionary()

    def history(self, exchange: Exchange) -> Iterator[object]:
        """Give what a session that comes late has missed of *exchange*."""
        loading = self._loading.get(exchange)
        row = row_of(self._target, exchange) or (loading.row if loading else None)
        if row is None:
            return
        yield self._started(exchange, row)
        if exchange.end is not None:
            ending = RowLoading.before(exchange, row)
            if row.mime_type == MIME_TYPE:
                yield from self._continued(exchange, ending)
                yield from items_of(self._target, exchange)
            yield from self._ended(exchange, ending)
            return
        if loading is None:
            loading = self._loading[exchange] = RowLoading.now(exchange, row)
        if loading.answered_at is not None:
            yield self._responded(exchange, loading, final=False)
            yield from _received(exchange, Added(loading.counted))
            if row.mime_type == MIME_TYPE:
                yield from items_of(self._target, exchange)

    def live(self, exchange: Exchange, event: Event) -> Iterator[object]:
        """Give what *event*, the newest of *exchange*, means."""
        yield from self._changed(exchange, event)
        loading = self._loading.get(exchange)
        streaming = loading is not None and loading.row.mime_type == MIME_TYPE
        if streaming and isinstance(event, WorkChunk):
            yield from items_of(self._target, exchange, event)

    def _changed(self, exchange: Exchange, event: Event) -> Iterator[object]:
        """Give what *event* changes of the row itself."""
        loading = self._loading.get(exchange)
        if isinstance(event, WorkChunk) and not (loading and _is_due(exchange, loading)):
            return
        row = row_of(self._target, exchange)
        if loading is not None:
            loading.row = row or loading.row
        elif row is not None:
            loading = self._loading[exchange] = RowLoading.before(exchange, row)
            yield self._started(exchange, row)
        if loading is None or isinstance(event, WorkStarted):
            return
        if isinstance(event, WorkAnswered | WorkChunk):
            yield from self._continued(exchange, loading)
        else:
            del self._loading[exchange]
            yield from self._ended(exchange, loading)

    def buffered(self, exchange: Exchange) -> bytes:
        """Give what there is to stream of the row's body, after which :meth:`live` goes on."""
        loading = self._loading.get(exchange)
        if loading is not None:
            return loading.begin_streaming(row_of(self._target, exchange)).encode()
        row = row_of(self._target, exchange)
        return row.body.encode() if row else b""

    def forget(self) -> None:
        """Let go of what was remembered, as from now on events are going to be missed."""
        self._loading.clear()

    def _started(self, exchange: Exchange, row: Row) -> types.RequestWillBeSent:
        began = seconds(exchange.process, exchange.start.at)
        url = self._urls.of(exchange, row) or row.url
        return types.RequestWillBeSent(
            request_id=exchange.id,
            loader_id=LOADER,
            document_url=url,
            request=types.Request(
                url=url,
                method=row.method,
                headers=dict(row.request_headers),
                has_post_data=bool(row.payload) or None,
                initial_priority="High",
                referrer_policy="no-referrer",
                mixed_content_type="none",
            ),
            timestamp=began,
            wall_time=began,
            initiator=self._initiators.of(exchange),
            redirect_has_extra_info=False,
            type="Other",
        )

    def _continued(self, exchange: Exchange, loading: RowLoading) -> Iterator[object]:
        if loading.answered_at is None:
            loading.answered_at = exchange.last_at
            yield self._responded(exchange, loading, final=False)
        yield from _received(exchange, loading.advance(exchange.last_at))

    def _ended(self, exchange: Exchange, loading: RowLoading) -> Iterator[object]:
        end = exchange.end
        # Of what has failed, DevTools shows no body; a row that has one says so by its status.
        broken = end if isinstance(end, ExchangeFailed) and loading.row.status < _ERROR else None
        yield self._responded(exchange, loading, final=broken is None)
        yield from _received(exchange, loading.complete())
        if broken is not None:
            yield failed(exchange, broken, "Other")
        else:
            yield types.LoadingFinished(
                request_id=exchange.id,
                timestamp=seconds(exchange.process, exchange.last_at),
                encoded_data_length=loading.counted,
            )

    def _responded(
        self, exchange: Exchange, loading: RowLoading, *, final: bool
    ) -> types.ResponseReceived:
        row, at = loading.row, loading.answered_at or exchange.last_at
        response = types.Response(
            url=self._urls.of(exchange, row) or row.url,
            status=row.status if final else 0,
            status_text=row.status_text if final else "",
            headers=dict(row.response_headers),
            mime_type=row.mime_type,
            charset="utf-8",
            # With these, DevTools does not call the request's headers provisional.
            request_headers=dict(row.request_headers),
            connection_reused=False,
            connection_id=0,
            encoded_data_length=0,
            timing=resource_timing(exchange, at),
            response_time=seconds(exchange.process, at) * 1000,
            security_state="neutral",
        )
        return types.ResponseReceived(
            request_id=exchange.id,
            loader_id=LOADER,
            timestamp=seconds(exchange.process, at),
            type="EventSource" if row.mime_type == MIME_TYPE else "Other",
            response=response,
            has_extra_info=False,
        )


def _is_due(exchange: Exchange, loading: RowLoading) -> bool:
    """Whether to make the row anew for another chunk; a stream's items need it to have begun."""
    return loading.answered_at is None or loading.is_due(exchange)


def _received(exchange: Exchange, added: Added) -> Iterator[types.DataReceived]:
    if added.length or added.data:
        yield types.DataReceived(
            request_id=exchange.id,
            timestamp=seconds(exchange.process, exchange.last_at),
            data_length=added.length,
            encoded_data_length=added.length,
            data=base64.b64encode(added.data.encode()).decode("ascii") if added.data else None,
        )


def failed(
    exchange: Exchange, end: ExchangeFailed, kind: types.ResourceType
) -> types.LoadingFailed:
    """Give the event of a failure, of a row or a request."""
    return types.LoadingFailed(
        request_id=exchange.id,
        timestamp=seconds(exchange.process, end.at),
        type=kind,
        error_text=_error_text(exchange, end),
        canceled=end.canceled or None,
    )


def _error_text(exchange: Exchange, end: ExchangeFailed) -> str:
    # What a program never raises itself needs no module to be understood.
    error = end.kind.rpartition(".")[2] if end.kind.startswith("tapscope.") else end.kind
    error = f"{error}: {end.text}" if end.text else error
    # Only where the error must have been the network's.
    is_networks = exchange.lifecycle in _CLIENTS
    return f"{end.reason} ({error})" if end.reason and is_networks else error
