"""The ways a process can be watched, each switched on for the whole process."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import attrs

from processes import Process

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter


def _nothing() -> None:
    pass


def _none() -> int | None:
    return None


@attrs.frozen
class Watch:
    """What a variant leaves behind.

    Attributes:
        url: Where a front end can attach; empty if nowhere.
        deliver: Has all that was seen so far carried off by whatever carries it.
        recorded: How many requests it has seen so far, if it can tell.
        after_turn: Called between two measurements.
    """

    url: str = ""
    deliver: Callable[[], object] = _nothing
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
    from tapscope.channels import delivery

    agents.network.attach()
    agents.inspector.open(port=0)
    integrations.install()
    return Watch(agents.inspector.url() or "", delivery.deliver)


def opentelemetry() -> Watch:
    """OpenTelemetry makes a span of each request, and an exporter throws it away."""
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class Counter(SpanExporter):
        spans = 0

        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            self.spans += len(spans)
            return SpanExportResult.SUCCESS

    counter = Counter()
    return Watch(deliver=_instrument(counter), recorded=lambda: counter.spans)


def opentelemetry_exporting() -> Watch:
    """OpenTelemetry makes a span of each request and sends it to a collector in another process."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    collector = _collector()
    exporter = OTLPSpanExporter(f"http://127.0.0.1:{collector.greeting}/v1/traces")
    return Watch(deliver=_instrument(exporter), recorded=collector.ask)


def opentelemetry_instrument() -> Watch:
    """OpenTelemetry as its command ``opentelemetry-instrument`` puts it before a program."""
    from opentelemetry.instrumentation import auto_instrumentation
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import get_tracer_provider

    collector = _collector()
    os.environ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf"
    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{collector.greeting}"
    auto_instrumentation.initialize(swallow_exceptions=False)
    provider = get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    return Watch(deliver=provider.force_flush, recorded=collector.ask)


def _collector() -> Process:
    collector = Process("collector.py")
    _kept_open.append(collector)
    return collector


def _instrument(exporter: SpanExporter) -> Callable[[], object]:
    """Have *exporter* given spans in batches, as programs have it; how to deliver the last."""
    from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    from opentelemetry.instrumentation.requests import RequestsInstrumentor
    from opentelemetry.instrumentation.urllib import URLLibInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    for instrumentor in (HTTPXClientInstrumentor, RequestsInstrumentor, URLLibInstrumentor):
        instrumentor().instrument(tracer_provider=provider)
    return provider.force_flush


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
    "OpenTelemetry, exporting": opentelemetry_exporting,
    "opentelemetry-instrument": opentelemetry_instrument,
    "httpdbg": httpdbg,
}
"""The first is what all are compared with; the second tells what is noise."""

PEERS = ("OpenTelemetry", "OpenTelemetry, exporting", "opentelemetry-instrument")
"""What ours is compared with."""

UNSEEN = {(peer, "http.client") for peer in PEERS}
"""What a variant does not watch at all."""
