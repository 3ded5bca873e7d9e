"""Latency of `POST /api/v1/search` on the real service: real server, real content, many clients.

Two loads. *Paced*: each client thinks for a moment between questions, as agents do. *Saturated*:
each client asks again at once, which measures capacity: with N clients always waiting, latency is
N divided by throughput whatever the server does. Clients run in a process of their own; on a small
machine they take processor time from the server, so the server's own times stand beside theirs.
"""

from __future__ import annotations

import http.client
import json
import math
import multiprocessing
import random
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

STAGES = ("encode", "mask", "vectors", "keywords", "fuse", "hits")
_SHARES = (("p50", 0.50), ("p90", 0.90), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))


@dataclass(frozen=True, slots=True)
class Sample:
    """One answered request, all times in milliseconds."""

    client: float
    server: float
    stages: dict[str, float]


@dataclass(frozen=True, slots=True)
class Load:
    """`clients` at once, `requests` each, `think` seconds (mean, exponential) between them."""

    clients: int
    requests: int
    think: float


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50 to p99 and the largest of some times, in milliseconds; empty for none."""
    if not seconds:
        return {}
    return {name: round(percentile(seconds, share) * 1000, 1) for name, share in _SHARES}


def measure(
    port: int, token: str, queries: Sequence[str], load: Load
) -> tuple[list[Sample], float]:
    """Runs the load from another process; returns its samples and the seconds it took.

    Raises RuntimeError when any request failed or was answered with something else than 200.
    """
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_clients, args=(port, token, list(queries), load, send))
    process.start()
    send.close()  # the clients hold the other one: if they die, `recv` ends
    try:
        result = receive.recv()
    except EOFError:
        result = "the clients died before they were done"
    process.join()
    if isinstance(result, str):
        raise RuntimeError(result)
    samples, seconds = result
    return [Sample(*row) for row in samples], seconds


def _clients(port: int, token: str, queries: list[str], load: Load, send: Connection) -> None:
    """Entry point of the client process: one thread and one connection per client."""
    samples: list[tuple[float, float, dict[str, float]]] = []
    failures: list[str] = []
    start = threading.Barrier(load.clients + 1)

    def client(seed: int) -> None:
        source = random.Random(seed)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        start.wait()
        for _ in range(load.requests):
            if load.think:
                time.sleep(source.expovariate(1 / load.think))
            try:
                samples.append(_ask(connection, token, source.choice(queries)))
            except (OSError, http.client.HTTPException, ValueError) as error:
                failures.append(repr(error))
                return

    threads = [threading.Thread(target=client, args=(seed,)) for seed in range(load.clients)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    send.send(failures[0] if failures else (samples, seconds))


def _ask(
    connection: http.client.HTTPConnection, token: str, query: str
) -> tuple[float, float, dict[str, float]]:
    body = json.dumps({"query": query}).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    began = time.perf_counter()
    connection.request("POST", "/api/v1/search", body, headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    elapsed = (time.perf_counter() - began) * 1000
    if response.status != 200:
        raise ValueError(f"status {response.status}: {answer}")
    return elapsed, _server_time(response), {s: answer["timings"].get(s, 0.0) for s in STAGES}


def _server_time(response: http.client.HTTPResponse) -> float:
    """Milliseconds of the whole request, from the Server-Timing header (W3C): `app;dur=…`."""
    for part in (response.getheader("Server-Timing") or "").split(","):
        name, _, duration = part.strip().partition(";dur=")
        if name == "app":
            return float(duration)
    raise ValueError("the answer has no Server-Timing header with app;dur=")


def table(name: str, samples: Sequence[Sample], seconds: float) -> list[str]:
    """Lines of text: percentiles of server and client times, then the share of each stage."""
    server = [sample.server for sample in samples]
    client = [sample.client for sample in samples]
    lines = [
        f"{name}: {len(samples)} requests in {seconds:.1f} s ({len(samples) / seconds:.0f}/s)",
        f"  server  {_percentiles(server)}",
        f"  client  {_percentiles(client)}",
    ]
    total = sum(server)
    shares = {stage: sum(s.stages[stage] for s in samples) / total for stage in STAGES}
    shares["rest"] = 1 - sum(shares.values())
    lines.append("  share of server time  " + _joined(f"{k} {v:.0%}" for k, v in shares.items()))
    return lines


def _percentiles(values: Sequence[float]) -> str:
    return _joined(
        f"{label} {percentile(values, share):.1f} ms"
        for label, share in (("p50", 0.50), ("p90", 0.90), ("p99", 0.99), ("max", 1.0))
    )


def _joined(parts: Iterable[str]) -> str:
    return "  ".join(parts)
