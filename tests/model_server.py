"""A model endpoint on this machine that tells what it was asked and fails when told to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Json = dict[str, Any]


@dataclass
class Failure:
    """An answer that is no use."""

    status: int = 500
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class ModelServer:
    """What the server does and what it has seen.

    Attributes:
        answer: Makes the answer to a request's body.
        failures: Given instead, one after the other, before anything is answered.
        down: Given instead of everything, while set.
        bodies: What was asked, in order.
        headers: Headers of each of these.
        paths: Path of each of these.
    """

    answer: Callable[[Json], object]
    port: int = 0
    failures: list[Failure] = field(default_factory=list)
    down: Failure | None = None
    bodies: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def address(self, path: str = "/v1/embeddings", model: str = "tiny/model") -> str:
        """What a setting would name it by."""
        return f"http://127.0.0.1:{self.port}{path}#{model}"


@contextmanager
def serving(answer: Callable[[Json], object]) -> Iterator[ModelServer]:
    """Serve until the block ends."""
    seen = ModelServer(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.bodies.append(body)
            seen.headers.append(dict(self.headers))
            seen.paths.append(self.path)
            failure = seen.down or (seen.failures.pop(0) if seen.failures else None)
            if failure is None:
                failure = Failure(200, json.dumps(seen.answer(body)).encode())
            self.send_response(failure.status)
            for name, value in failure.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(failure.body)))
            self.end_headers()
            self.wfile.write(failure.body)

        do_GET = do_POST

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def embeddings(encode: Callable[[list[str]], Any]) -> Callable[[Json], object]:
    """Answers like an OpenAI-compatible endpoint, out of order and not normalised."""

    def answer(body: Json) -> object:
        if "" in body["input"]:
            return {"error": "an empty text"}
        rows = [[3.0 * value for value in row] for row in encode(body["input"]).tolist()]
        data = [{"object": "embedding", "index": at, "embedding": r} for at, r in enumerate(rows)]
        return {"object": "list", "model": body["model"], "data": data[::-1]}

    return answer


def judgements(score: Callable[[str, str], float]) -> Callable[[Json], object]:
    """Answers like a Jina- or Cohere-style endpoint: best first."""

    def answer(body: Json) -> object:
        scores = [score(body["query"], text) for text in body["documents"]]
        results = [{"index": at, "relevance_score": value} for at, value in enumerate(scores)]
        return {"results": sorted(results, key=lambda one: -one["relevance_score"])}

    return answer
