"""A collector of OpenTelemetry's: reads the spans it is sent, counts them and answers 200.

Prints its port when it listens, then answers each line of standard input with
how many spans there were.
"""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector(ThreadingHTTPServer):
    """Takes what exporters send by HTTP."""

    spans = 0


class _Export(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        # There may be metrics and logs as well.
        request = ExportTraceServiceRequest.FromString(body if self.path == "/v1/traces" else b"")
        scopes = [scope for resource in request.resource_spans for scope in resource.scope_spans]
        self.server.spans += sum(len(scope.spans) for scope in scopes)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    """Collect until standard input ends, as it does with the benchmark's own process."""
    collector = Collector(("127.0.0.1", 0), _Export)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    print(collector.server_port, flush=True)
    for _ in sys.stdin:
        print(json.dumps(collector.spans), flush=True)


if __name__ == "__main__":
    main()
