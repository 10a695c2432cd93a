"""The door's little server for operators: whether it is well, and its measures. On a port that readers never see."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from django.db import connections

from undersigned.intake.measure import Measures
from undersigned.lib.env import Misconfigured

Conditions = Mapping[str, Callable[[], bool]]


@dataclass(slots=True)
class Monitor:
    """Answers at `address`: /healthz/live, /healthz (whether all `conditions` for taking sign-ons hold), /metrics."""

    address: tuple[str, int]
    conditions: Conditions
    measures: Measures
    server: ThreadingHTTPServer | None = None

    def open(self) -> None:
        """Begin; OSError where the port is taken."""

        class Handler(_Handler):
            monitor = self

        self.server = ThreadingHTTPServer(self.address, Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, name="monitor", daemon=True).start()

    def close(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, media type and body for a path."""
        if path == "/metrics":
            return 200, "text/plain; version=0.0.4; charset=utf-8", self.measures.text()
        if path == "/healthz/live":
            return 200, "application/json", json.dumps({"live": True}).encode()
        if path in ("/healthz", "/healthz/ready"):
            held = {name: condition() for name, condition in self.conditions.items()}
            return 200 if all(held.values()) else 503, "application/json", json.dumps(held).encode()
        return 404, "text/plain", b""


class _Handler(BaseHTTPRequestHandler):
    monitor: Monitor
    timeout = 10

    def do_GET(self) -> None:
        try:
            status, kind, body = self.monitor.answer(self.path)
        finally:
            connections.close_all()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not written down."""


def place_of_monitor(text: str) -> tuple[str, int] | None:
    """`HOST:PORT` as the socket library has it; None for "", which is none. Else Misconfigured."""
    host, _, port = text.rpartition(":")
    if not text:
        return None
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise Misconfigured("UNDERSIGNED_MONITOR", "HOST:PORT, such as 127.0.0.1:8009")
    return host.strip("[]"), int(port)
