"""Judged queries, metrics, runs, load and latency."""
