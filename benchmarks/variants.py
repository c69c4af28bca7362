"""The ways a process can be watched, each switched on for the whole process."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs


def _nothing() -> None:
    pass


def _none() -> int | None:
    return None


@attrs.frozen
class Watch:
    """What a variant leaves behind.

    Attributes:
        url: Where a front end can attach; empty if nowhere.
        recorded: How many requests it has seen so far, if it can tell.
        after_turn: Called between two measurements.
    """

    url: str = ""
    recorded: Callable[[], int | None] = _none
    after_turn: Callable[[], None] = _nothing


def bare() -> Watch:
    """Nobody watches."""
    return Watch()


def idle() -> Watch:
    """tapscope's hooks are in and nobody listens."""
    from tapscope import integrations

    integrations.install()
    return Watch()


def recording() -> Watch:
    """A tapscope host of its own records every request and every body."""
    from tapscope import agents, integrations

    agents.network.attach()
    agents.inspector.open(port=0)
    integrations.install()
    return Watch(agents.inspector.url() or "")


def opentelemetry() -> Watch:
    """OpenTelemetry makes a span of each request, and an exporter throws it away."""
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    from opentelemetry.instrumentation.requests import RequestsInstrumentor
    from opentelemetry.instrumentation.urllib import URLLibInstrumentor
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import (
        BatchSpanProcessor,
        SpanExporter,
        SpanExportResult,
    )

    class Counter(SpanExporter):
        spans = 0

        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            self.spans += len(spans)
            return SpanExportResult.SUCCESS

    counter, provider = Counter(), TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(counter))
    for instrumentor in (HTTPXClientInstrumentor, RequestsInstrumentor, URLLibInstrumentor):
        instrumentor().instrument(tracer_provider=provider)

    def recorded() -> int:
        provider.force_flush()
        return counter.spans

    return Watch(recorded=recorded)


def httpdbg() -> Watch:
    """httpdbg keeps every request and every body, in the process itself."""
    from httpdbg import httprecord  # type: ignore[import-untyped]

    context = httprecord(multiprocess=False, server=False)
    records = context.__enter__()
    seen = 0

    def after_turn() -> None:
        nonlocal seen
        seen += len(records)
        records.reset()

    _kept_open.append(context)
    return Watch(recorded=lambda: seen, after_turn=after_turn)


_kept_open: list[object] = []

VARIANTS: dict[str, Callable[[], Watch]] = {
    "bare": bare,
    "bare again": bare,
    "installed, idle": idle,
    "recording": recording,
    "front end attached": recording,
    "OpenTelemetry": opentelemetry,
    "httpdbg": httpdbg,
}
"""The first is what all are compared with; the second tells what is noise."""

UNSEEN = {("OpenTelemetry", "http.client")}
"""What a variant does not watch at all."""
