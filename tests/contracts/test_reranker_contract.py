"""What every re-ranker must do; each kind of model is one more class below."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.encoder import CrossEncoderReranker
from indexer.remote import remote_reranker
from indexer.reranking import Reranker
from kb.errors import InvalidInput, NotFound
from tests.model_server import judgements, serving
from tests.tiny_models import write_bert

QUERY = "退货运费谁出"
PASSAGES = (
    "小件退货运费由客户出",
    "空调不凉怎么办",
    "How long does it take?",
    "",
    "😀\u0000龘",
    "钱多久到账" * 500,
)


class RerankerContract(ABC):
    """Subclass this and give `make`."""

    @classmethod
    @abstractmethod
    def make(cls, folder: Path) -> Reranker:
        """The re-ranker."""

    @pytest.fixture(scope="class")
    @classmethod
    def reranker(cls, tmp_path_factory: pytest.TempPathFactory) -> Reranker:
        return cls.make(tmp_path_factory.mktemp("models"))

    def test_it_has_a_name(self, reranker: Reranker) -> None:
        assert reranker.name

    def test_scores_are_probabilities(self, reranker: Reranker) -> None:
        found = reranker.scores(QUERY, PASSAGES)
        assert found.shape == (len(PASSAGES),)
        assert np.all((found >= 0) & (found <= 1))
        assert len(set(found.round(6))) > 1

    def test_no_passages_give_no_scores(self, reranker: Reranker) -> None:
        assert reranker.scores(QUERY, []).shape == (0,)

    def test_a_passage_has_the_same_score_in_any_company(self, reranker: Reranker) -> None:
        together = reranker.scores(QUERY, PASSAGES)
        alone = [float(reranker.scores(QUERY, [passage])[0]) for passage in PASSAGES]
        np.testing.assert_allclose(alone, together, atol=1e-4)
        np.testing.assert_allclose(
            reranker.scores(QUERY, PASSAGES[::-1])[::-1], together, atol=1e-4
        )

    def test_the_query_counts(self, reranker: Reranker) -> None:
        one, other = (reranker.scores(query, PASSAGES) for query in (QUERY, "空调不凉"))
        assert not np.allclose(one, other, atol=1e-4)

    def test_threads_may_ask_at_once(self, reranker: Reranker) -> None:
        expected = reranker.scores(QUERY, PASSAGES)
        wrong: list[object] = []

        def work(size: int) -> None:
            for _ in range(5):
                try:
                    found = reranker.scores(QUERY, PASSAGES[:size])
                    if not np.allclose(found, expected[:size], atol=1e-4):
                        wrong.append(found)
                except Exception as error:
                    wrong.append(error)

        threads = [threading.Thread(target=work, args=(size,)) for size in (1, 3, 5, 6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the library's own
class TestCrossEncoder(RerankerContract):
    @classmethod
    def make(cls, folder: Path) -> Reranker:
        return CrossEncoderReranker(str(write_bert(folder, labels=1)))

    def test_classes_are_no_score(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match=r"ZHIKE_RERANKER: .*3 scores"):
            CrossEncoderReranker(str(write_bert(tmp_path, labels=3)))

    def test_a_missing_model_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound, match="nowhere"):
            CrossEncoderReranker(str(tmp_path / "nowhere"))


class TestRemote(RerankerContract):
    address = ""

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def server(cls) -> Iterator[None]:
        with serving(judgements(shared_characters)) as server:
            cls.address = server.address("/v1/rerank")
            yield

    @classmethod
    def make(cls, folder: Path) -> Reranker:
        return remote_reranker("ZHIKE_RERANKER", cls.address, "")


def shared_characters(query: str, passage: str) -> float:
    both = set(query) | set(passage)
    return len(set(query) & set(passage)) / len(both)
