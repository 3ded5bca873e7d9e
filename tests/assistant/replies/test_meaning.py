from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from assistant.replies.meaning import Meaning
from assistant.replies.relevance import rate
from assistant.replies.vocabulary import Vocabulary
from indexer.encoder import Vectors
from kb.errors import Unavailable
from kb.model import Content, Kind
from tests.indexer.fakes import BigramEncoder


class Sometimes(BigramEncoder):
    """Fails while it is out."""

    out = False

    def encode(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        if self.out:
            raise Unavailable("ZHIKE_ENCODER: host: no answer in time")
        return super().encode(texts, query=query)


def test_passages_are_rated_by_words_while_a_remote_encoder_does_not_answer() -> None:
    content = Content(
        kind=Kind.FAQ,
        title="退款多久到账？",
        body="## 时间\n\n退款 3 个工作日到账。\n\n## 运费\n\n运费由客户承担。\n",
        effective_from=datetime(2026, 1, 1, tzinfo=UTC),
    )
    words = Vocabulary.from_words({"products": [], "synonyms": {}})
    encoder = Sometimes()
    meaning = Meaning(encoder)
    plain = rate("运费谁出", content, None, words)
    assert rate("运费谁出", content, meaning, words) != plain
    encoder.out = True
    assert rate("运费谁出", content, meaning, words) == plain
    encoder.out = False
    assert rate("运费谁出", content, meaning, words) != plain
