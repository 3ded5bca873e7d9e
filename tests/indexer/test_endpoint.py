"""What the remote encoder and re-ranker do when their endpoint does not behave."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from indexer.encoder import load_encoder
from indexer.endpoint import INDEXING, WAITING, Address, Endpoint, Patience
from indexer.remote import RemoteEncoder, RemoteReranker
from kb.errors import InvalidInput, Unavailable
from kb.settings import Settings
from tests.indexer.fakes import BigramEncoder
from tests.model_server import Failure, Json, ModelServer, embeddings, judgements, serving

KEY = "sk-very-secret"
SETTINGS = Settings(Path("var"), "sqlite://", ZoneInfo("Asia/Shanghai"), encoder_key=KEY)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving(embeddings(BigramEncoder().encode)) as server:
        yield server


class Time:
    """A clock that only pauses move."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def endpoint(value: str, time: Time, setting: str = "ZHIKE_ENCODER") -> Endpoint:
    return Endpoint(Address.read(setting, value), KEY, time.sleep, time.clock)


def test_one_setting_names_endpoint_and_model(server: ModelServer) -> None:
    encoder = load_encoder(replace(SETTINGS, encoder=server.address()))
    expected = BigramEncoder().encode(["退货运费谁出"])
    np.testing.assert_allclose(encoder.encode(["退货运费谁出"]), expected, atol=1e-6)
    body = server.bodies[-1]
    assert body == {"model": "tiny/model", "input": ["退货运费谁出"], "encoding_format": "float"}
    assert server.paths[-1] == "/v1/embeddings"
    assert server.headers[-1]["Authorization"] == f"Bearer {KEY}"
    assert encoder.name == f"tiny/model (127.0.0.1:{server.port})"


def test_without_a_key_none_is_sent(server: ModelServer) -> None:
    load_encoder(replace(SETTINGS, encoder=server.address(), encoder_key="")).encode(["退货"])
    assert all("Authorization" not in headers for headers in server.headers)


def test_texts_go_in_batches_and_blank_ones_stay_here(server: ModelServer, time: Time) -> None:
    encoder = RemoteEncoder(endpoint(server.address(), time))
    assert encoder.dimensions == 64
    found = encoder.encode(["", *(f"第 {at} 条" for at in range(130)), " \n"])
    assert [len(body["input"]) for body in server.bodies[1:]] == [64, 64, 2]
    assert not found[0].any() and not found[-1].any() and found[1:-1].any(axis=1).all()


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("ftp://host/v1#model", "of the form"),
        ("file:///etc/passwd#model", "of the form"),
        ("https:///v1/embeddings#model", "of the form"),
        ("https://host:port/v1#model", "of the form"),
        ("https://host/v1/embeddings", "name the model"),
        ("https://me:pass@host/v1#model", "ZHIKE_ENCODER_KEY is for that"),
        ("https://host/v1 embeddings#model", "spaces"),
    ],
)
def test_malformed_addresses_are_refused(value: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=f"ZHIKE_ENCODER: .*{problem}"):
        load_encoder(replace(SETTINGS, encoder=value))


def test_a_key_that_cannot_be_sent_is_refused_without_showing_it() -> None:
    with pytest.raises(InvalidInput, match="ZHIKE_ENCODER_KEY") as caught:
        load_encoder(replace(SETTINGS, encoder="https://host/v1#m", encoder_key="sk-1\nsk-2"))
    assert "sk-1" not in str(caught.value)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_indexing_waits_for_a_busy_endpoint(server: ModelServer, time: Time, status: int) -> None:
    server.failures = [
        Failure(status),
        Failure(status),
        Failure(status, headers={"Retry-After": "9"}),
    ]
    answer = endpoint(server.address(), time).post({"model": "m", "input": ["退货"]}, INDEXING)
    assert len(answer["data"]) == 1
    assert time.pauses == [1, 2, 9]


def test_indexing_gives_up_in_the_end(server: ModelServer, time: Time) -> None:
    server.down = Failure(503, headers={"Retry-After": "86400"})
    with pytest.raises(Unavailable, match=r"ZHIKE_ENCODER: 127\.0\.0\.1:.* answered 503"):
        endpoint(server.address(), time).post({}, INDEXING)
    assert len(server.bodies) == INDEXING.tries
    assert time.pauses == [30.0] * (INDEXING.tries - 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_final(server: ModelServer, time: Time, status: int) -> None:
    server.down = Failure(status)
    with pytest.raises(Unavailable, match=str(status)) as caught:
        endpoint(server.address(), time).post({}, INDEXING)
    assert len(server.bodies) == 1
    assert ("ZHIKE_ENCODER_KEY" in str(caught.value)) == (status in (401, 403))


def test_who_waits_is_refused_at_once_until_it_is_worth_trying_again(
    server: ModelServer, time: Time
) -> None:
    server.down = Failure(503)
    asked = endpoint(server.address(), time)
    for _ in range(5):
        with pytest.raises(Unavailable, match="503"):
            asked.post({"model": "m", "input": ["退货"]}, WAITING)
    assert len(server.bodies) == WAITING.tries
    server.down = None
    time.now += 15
    assert asked.post({"model": "m", "input": ["退货"]}, WAITING)["data"]
    assert asked.post({"model": "m", "input": ["退货"]}, WAITING)["data"]


def test_indexing_is_not_held_up_by_what_failed_for_others(server: ModelServer, time: Time) -> None:
    server.failures = [Failure(400)]
    asked = endpoint(server.address(), time)
    with pytest.raises(Unavailable):
        asked.post({}, WAITING)
    assert asked.post({"model": "m", "input": ["退货"]}, INDEXING)["data"]
    assert asked.post({"model": "m", "input": ["退货"]}, WAITING)["data"]  # it answers again


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server: ModelServer, time: Time, status: int) -> None:
    with serving(embeddings(BigramEncoder().encode)) as other:
        where = other.address().partition("#")[0]
        server.down = Failure(status, headers={"Location": where})
        with pytest.raises(Unavailable, match="redirects are not followed"):
            endpoint(server.address(), time).post({}, INDEXING)
        assert other.bodies == [] and len(server.bodies) == 1


def test_nobody_listening_is_told(time: Time) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        value = f"http://127.0.0.1:{probe.getsockname()[1]}/v1/embeddings#m"
        with pytest.raises(
            Unavailable, match=r"ZHIKE_ENCODER: 127\.0\.0\.1:.*[Cc]onnection refused"
        ):
            endpoint(value, time).post({}, WAITING)


def test_silence_is_told(time: Time) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        value = f"http://127.0.0.1:{deaf.getsockname()[1]}/v1/embeddings#m"
        with pytest.raises(Unavailable, match="no answer in time"):
            endpoint(value, time).post({}, Patience(seconds=0.05, tries=1, pause=0))


def numbers(*rows: object) -> bytes:
    data = [{"index": at, "embedding": row} for at, row in enumerate(rows)]
    return json.dumps({"data": data}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>welcome</html>",
        b"[]",
        b'{"error": "no"}',
        b'{"data": null}',
        b'{"data": [{"embedding": [1, 2]}]}',
        numbers(),
        numbers([1.0], [2.0]),
        numbers([]),
        numbers(["a"]),
        numbers([[1.0]]),
        numbers([float("nan")]),
        numbers([10**400]),
        b"[" * 100_000,
    ],
)
def test_answers_that_are_no_embeddings(server: ModelServer, time: Time, body: bytes) -> None:
    encoder = RemoteEncoder(endpoint(server.address(), time))
    server.down = Failure(200, body)
    with pytest.raises(Unavailable, match=r"ZHIKE_ENCODER: 127\.0\.0\.1:"):
        encoder.encode(["退货"])


def test_vectors_may_not_change_their_length(server: ModelServer, time: Time) -> None:
    encoder = RemoteEncoder(endpoint(server.address(), time))
    assert encoder.dimensions == 64
    server.down = Failure(200, numbers([1.0, 2.0]))
    with pytest.raises(Unavailable, match="2 dimensions instead of 64"):
        encoder.encode(["退货"], query=True)


def test_the_fingerprint_follows_address_model_and_dimensions(
    server: ModelServer, time: Time
) -> None:
    def fingerprint(value: str) -> str:
        return RemoteEncoder(endpoint(value, time)).fingerprint

    made = {
        fingerprint(server.address()),
        fingerprint(server.address(path="/v2/embeddings")),
        fingerprint(server.address(model="other")),
    }
    server.down = Failure(200, numbers([1.0, 2.0]))
    made.add(fingerprint(server.address()))
    assert len(made) == 4


def judge(query: str, passage: str) -> float:
    return 0.9 if query in passage else 0.2


def test_a_reranker_is_asked_like_jina_and_cohere(time: Time) -> None:
    with serving(judgements(judge)) as server:
        made = RemoteReranker(endpoint(server.address("/v1/rerank"), time, "ZHIKE_RERANKER"))
        assert list(made.scores("退货", ["换货", "退货规则"])) == [0.2, 0.9]
        assert server.bodies == [
            {"model": "tiny/model", "query": "退货", "documents": ["换货", "退货规则"]}
        ]


@pytest.mark.parametrize(
    "results",
    [
        [],
        [{"index": 0, "relevance_score": 7.5}],
        [{"index": 0, "relevance_score": -0.1}],
        [{"index": 0, "relevance_score": float("nan")}],
        [{"index": 0, "relevance_score": [0.5]}],
        [{"index": 1, "relevance_score": 0.5}],
        [{"index": 0}],
    ],
)
def test_answers_that_are_no_probabilities(time: Time, results: list[Json]) -> None:
    with serving(lambda body: {"results": results}) as server:
        made = RemoteReranker(endpoint(server.address("/v1/rerank"), time, "ZHIKE_RERANKER"))
        with pytest.raises(Unavailable, match=r"ZHIKE_RERANKER: 127\.0\.0\.1:"):
            made.scores("退货", ["退货规则"])


def test_neither_key_nor_texts_are_ever_shown(
    server: ModelServer, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    secret = "客户电话 13800000000"
    for status in (200, 400, 401, 429, 500):
        server.down = Failure(status, f'{{"error": "{KEY} {secret}"}}'.encode())
        encoder = RemoteEncoder(endpoint(server.address(), time))
        with pytest.raises(Unavailable) as caught:
            encoder.encode([secret])
        said.append(f"{caught.value} {caught.value!r} {encoder.name}")
    settings = replace(SETTINGS, encoder=server.address(), reranker_key=KEY)
    text = " ".join([*said, caplog.text, repr(settings)])
    assert KEY not in text and "13800000000" not in text
