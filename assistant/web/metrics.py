"""Prometheus metrics: few names, bounded labels, summed over all worker processes.

With ``PROMETHEUS_MULTIPROC_DIR`` set (by `assistant.serve`) every process writes to files in the
data folder and any of them answers for all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from time import perf_counter

from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from assistant.wiring import Services
from indexer.search import SearchResponse

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_STAGES = frozenset({"encode", "mask", "vectors", "keywords", "fuse", "hits", "total"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("zhike_requests_total", "Requests answered", ("method", "route", "status"))
LATENCY = Histogram("zhike_request_seconds", "Time to answer", ("route",), buckets=_BUCKETS)
SEARCHES = Counter("zhike_searches_total", "Searches, by outcome", ("outcome",))
STAGES = Histogram(
    "zhike_search_stage_seconds",
    "Time spent in each stage of a search",
    ("stage",),
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25),
)


class _IndexState(Collector):
    """Which index generation this process serves; read at the moment of asking."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """One info metric with the generation's name, one gauge for degraded mode."""
        searcher = self._services.searcher
        info = InfoMetricFamily("zhike_index_generation", "The index generation being served")
        info.add_metric((), {"generation": searcher.generation or "none"})
        yield info
        degraded = 1.0 if searcher.degraded else 0.0
        yield GaugeMetricFamily(
            "zhike_index_degraded", "1 while search runs without its full index", degraded
        )


def install(app: Flask) -> None:
    """Count and time every request of `app`."""
    app.before_request(_start)
    app.after_request(_observe)


def observe_search(response: SearchResponse) -> None:
    """Count one search and the time of its stages."""
    outcome = "answered" if response.answerable else "unanswered"
    SEARCHES.labels("degraded" if response.degraded else outcome).inc()
    for stage, milliseconds in response.timings.items():
        if stage in _STAGES:
            STAGES.labels(stage).observe(milliseconds / 1000)


def exposition(services: Services) -> Response:
    """All metrics in the text format."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for metric in (REQUESTS, LATENCY, SEARCHES, STAGES):
            registry.register(metric)
    registry.register(_IndexState(services))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _start() -> None:
    g.started = perf_counter()


def _observe(response: Response) -> Response:
    # The rule, never the address: labels must not grow with what people type.
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(method, route, str(response.status_code)).inc()
    started = g.get("started")
    if started is not None:
        spent = perf_counter() - started
        LATENCY.labels(route).observe(spent)
        # https://www.w3.org/TR/server-timing/: milliseconds, shown by browsers' network panels
        response.headers["Server-Timing"] = f"app;dur={spent * 1000:.2f}"
    return response
