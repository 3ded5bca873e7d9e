"""What every encoder must do; each kind of model is one more class below."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.encoder import SHIPPED, Encoder, SentenceTransformerEncoder, StaticEncoder, Vectors
from indexer.remote import remote_encoder
from tests.indexer.fakes import tiny_model
from tests.model_server import embeddings, serving
from tests.tiny_models import write_bert

TEXTS = (
    "退货运费谁出",
    "KFR-35GW 空调不凉怎么办",
    "How long does shipping take?",
    "退貨運費誰付",
    "",
    " \n\t",
    "😀😀 !!",
    "\u0000\u200b龘",
    "很长的话" * 2000,
)


class EncoderContract(ABC):
    """Subclass this and give `make` and `make_other`."""

    @classmethod
    @abstractmethod
    def make(cls, folder: Path) -> Encoder:
        """The encoder; made twice, it must be the same one."""

    @classmethod
    @abstractmethod
    def make_other(cls, folder: Path) -> Encoder:
        """Another model of the same kind."""

    @pytest.fixture(scope="class")
    @classmethod
    def folder(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return tmp_path_factory.mktemp("models")

    @pytest.fixture(scope="class")
    @classmethod
    def encoder(cls, folder: Path) -> Encoder:
        return cls.make(folder)

    def test_it_has_a_name_and_a_length(self, encoder: Encoder) -> None:
        assert encoder.name
        assert isinstance(encoder.dimensions, int) and encoder.dimensions > 0

    @pytest.mark.parametrize("query", [False, True])
    def test_vectors_are_of_length_one_or_nothing(self, encoder: Encoder, query: bool) -> None:
        found = encoder.encode(TEXTS, query=query)
        assert found.shape == (len(TEXTS), encoder.dimensions)
        assert found.dtype == np.float32
        norms = np.linalg.norm(found, axis=1)
        assert np.all((np.abs(norms - 1) < 1e-4) | (norms == 0))
        assert np.all(norms[:4] > 0)

    def test_no_texts_give_no_vectors(self, encoder: Encoder) -> None:
        for query in (False, True):
            found = encoder.encode([], query=query)
            assert found.shape == (0, encoder.dimensions)
            assert found.dtype == np.float32

    def test_a_text_has_the_same_vector_in_any_company(self, encoder: Encoder) -> None:
        together = encoder.encode(TEXTS)
        for at, text in enumerate(TEXTS):
            np.testing.assert_allclose(encoder.encode([text])[0], together[at], atol=1e-4)
        np.testing.assert_allclose(encoder.encode(TEXTS[::-1])[::-1], together, atol=1e-4)

    def test_more_texts_than_a_batch_stay_in_order(self, encoder: Encoder) -> None:
        alone = {text: encoder.encode([text])[0] for text in TEXTS[:6]}
        many = [TEXTS[at % 6] for at in range(200)]
        expected = np.stack([alone[text] for text in many])
        np.testing.assert_allclose(encoder.encode(many), expected, atol=1e-4)

    def test_different_texts_differ_and_equal_ones_do_not(self, encoder: Encoder) -> None:
        one, two, again = encoder.encode([TEXTS[0], TEXTS[1], TEXTS[0]])
        assert one @ again == pytest.approx(1, abs=1e-4)
        assert one @ two < 0.999

    def test_callers_may_write_to_what_they_get(self, encoder: Encoder) -> None:
        before = encoder.encode([TEXTS[0]])
        kept = before.copy()
        before[:] = 0
        np.testing.assert_array_equal(encoder.encode([TEXTS[0]]), kept)

    def test_the_fingerprint_tells_models_apart(self, encoder: Encoder, folder: Path) -> None:
        again, other = self.make(folder), self.make_other(folder)
        assert encoder.fingerprint and encoder.fingerprint == again.fingerprint
        assert other.fingerprint != encoder.fingerprint

    def test_threads_may_encode_at_once(self, encoder: Encoder) -> None:
        expected = encoder.encode(TEXTS)
        wrong: list[object] = []

        def work(start: int) -> None:
            for turn in range(8):
                at = (start + turn) % len(TEXTS)
                try:
                    found: Vectors = encoder.encode([TEXTS[at], TEXTS[0]], query=bool(turn % 2))
                    if not np.allclose(found, expected[[at, 0]], atol=1e-4):
                        wrong.append(TEXTS[at])
                except Exception as error:
                    wrong.append(error)

        threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []


class TestShipped(EncoderContract):
    @classmethod
    def make(cls, folder: Path) -> Encoder:
        return StaticEncoder(SHIPPED)

    @classmethod
    def make_other(cls, folder: Path) -> Encoder:
        return StaticEncoder(tiny_model(folder / "other"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the library's own
class TestSentenceTransformersStatic(EncoderContract):
    @classmethod
    def make(cls, folder: Path) -> Encoder:
        return SentenceTransformerEncoder(str(SHIPPED))

    @classmethod
    def make_other(cls, folder: Path) -> Encoder:
        return SentenceTransformerEncoder(str(tiny_model(folder / "other")))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the library's own
class TestSentenceTransformersContextual(EncoderContract):
    @classmethod
    def make(cls, folder: Path) -> Encoder:
        return SentenceTransformerEncoder(str(write_bert(folder / "bert")))

    @classmethod
    def make_other(cls, folder: Path) -> Encoder:
        return SentenceTransformerEncoder(str(tiny_model(folder / "other")))


class TestRemote(EncoderContract):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def server(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
        model = StaticEncoder(tiny_model(tmp_path_factory.mktemp("served")))
        with serving(embeddings(model.encode)) as server:
            cls.address = server.address()
            yield

    address = ""

    @classmethod
    def make(cls, folder: Path) -> Encoder:
        return remote_encoder("ZHIKE_ENCODER", cls.address, "")

    @classmethod
    def make_other(cls, folder: Path) -> Encoder:
        return remote_encoder("ZHIKE_ENCODER", cls.address + "-large", "")
