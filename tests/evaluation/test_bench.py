from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from evaluation.bench import Load, Sample, measure, percentile, percentiles, table


class Service(BaseHTTPRequestHandler):
    """Answers searches as the service does; one query is answered with an error."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        right = self.headers["Authorization"] == "Bearer secret" and asked["query"] != "坏"
        body = json.dumps({"timings": {"encode": 0.5, "total": 2.0}}).encode()
        self.send_response(200 if right else 500)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Server-Timing", "db;dur=1.0, app;dur=2.5")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield int(server.server_address[1])
        server.shutdown()
        thread.join()


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.5, 0.9, 0.99, 1.0)] == [50, 90, 99, 100]
    assert percentile([1.0, 2.0], 0.5) == 1.0
    assert percentile([7.0], 0.99) == 7.0
    seconds = [value / 1000 for value in values]
    assert percentiles(seconds) == {"p50": 50, "p90": 90, "p95": 95, "p99": 99, "max": 100}
    assert percentiles([]) == {}


def test_every_client_asks_its_share(port: int) -> None:
    samples, seconds = measure(port, "secret", ["退货"], Load(3, 4, 0.0))
    assert len(samples) == 12
    assert {(s.server, s.stages["encode"], s.stages["fuse"]) for s in samples} == {(2.5, 0.5, 0.0)}
    assert seconds > 0


def test_a_failing_service_is_no_measurement(port: int) -> None:
    with pytest.raises(RuntimeError, match="status 500"):
        measure(port, "secret", ["坏"], Load(1, 1, 0.0))


def test_the_shares_of_the_stages_and_the_rest_make_up_the_server_time() -> None:
    stages = {"encode": 1.0, "mask": 0.0, "vectors": 2.0, "keywords": 1.0, "fuse": 1.0, "hits": 2.0}
    lines = table("paced", [Sample(12.0, 10.0, stages)] * 4, 2.0)
    assert lines[0] == "paced: 4 requests in 2.0 s (2/s)"
    assert "p50 10.0 ms" in lines[1]
    assert "p99 12.0 ms" in lines[2]
    assert lines[3].endswith(
        "encode 10%  mask 0%  vectors 20%  keywords 10%  fuse 10%  hits 20%  rest 30%"
    )
