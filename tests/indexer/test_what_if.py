"""A state in memory answers exactly what an index rebuilt from the same entries answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from indexer.build import STAFF, Indexer
from indexer.interaction import shipped
from indexer.ranking import Ranking
from indexer.search import Searcher, SearchRequest
from indexer.what_if import Answer, WhatIf
from kb.errors import InvalidInput
from kb.exchange import apply_import, plan_import
from kb.knowledge import KnowledgeBase
from kb.model import Audience, Channel, Entry, Kind, Revision, Status
from kb.settings import Settings
from kb.store import open_engine, upgrade
from tests.indexer.fakes import EVERYONE, NOW, BigramEncoder, FakeKb, day, entry, revision, shop

QUERIES = (
    *("冰箱不想要了能退吗", "退货运费谁出", "退款要几天到账", "空调不凉", "换货要多久？"),
    *("How long does shipping take?", "客服能补偿多少", "好的马上办退货", "E5", "双11满减"),
    *("今天天气怎么样", "tuihuo yunfei", "退贷运费", "签收以后几天之内可以不要"),
)

CONTENT = Path(__file__).parents[2] / "content"


def what_if(encoder: object, root: Path) -> WhatIf:
    return WhatIf(encoder, root, Ranking.read(), lambda: NOW)  # type: ignore[arg-type]


def requests() -> list[SearchRequest]:
    found = [SearchRequest(query, 5, NOW, EVERYONE) for query in QUERIES]
    found += [SearchRequest(query, 5, day("2025-11-05")) for query in QUERIES]
    found += [SearchRequest(query, 5, day("2026-12-24"), EVERYONE) for query in QUERIES]
    found.append(SearchRequest(QUERIES[1], 5, NOW, EVERYONE, frozenset({Kind.REPLY})))
    found.append(SearchRequest(QUERIES[7], 5, NOW, EVERYONE, channel=Channel.PHONE))
    return found


def told(answer: Answer) -> object:
    leaders = [(x.entry_id, x.revision, x.title, x.confidence) for x in answer.leaders]
    return leaders, answer.answerable, answer.any_answers


def rebuilt(entries: list[Entry], encoder: object, root: Path) -> Searcher:
    Indexer(FakeKb(entries), encoder, root).build()  # type: ignore[arg-type]
    return Searcher(root / STAFF, encoder, clock=lambda: NOW)  # type: ignore[arg-type]


def searched(searcher: Searcher, request: SearchRequest) -> object:
    found = searcher.search(request)
    hits = [(hit.entry_id, hit.revision, hit.title, hit.confidence) for hit in found.hits]
    return hits, found.answerable, found.any_answers


def withdrawn(made: Entry, number: int) -> Entry:
    return replace(
        made,
        revisions=tuple(
            replace(r, status=Status.WITHDRAWN) if r.number == number else r for r in made.revisions
        ),
    )


def proposals() -> dict[str, list[Entry]]:
    kb = shop().snapshot()
    returns = next(e for e in kb if e.id == "return-7-days")
    others = [e for e in kb if e.id != "return-7-days"]
    reworded = revision(
        "return-7-days", 4, kind=Kind.POLICY, title="无理由退货新规则", since="2026-11-22",
        body="## 期限\n\n签收次日起 15 天内可以退货，运费我们承担。\n", questions=("退货运费谁出",),
    )  # fmt: skip
    newcomer = revision("faq-freight", title="退货运费谁出？", body="退货运费 15 元，由客户承担。",
                        supersedes=("return-7-days",))  # fmt: skip
    hidden = revision("return-7-days", 4, kind=Kind.POLICY, title="退货", body="只给内部看。",
                      audience=Audience.INTERNAL, since="2026-11-22")  # fmt: skip
    return {
        "as it is": kb,
        "reworded": [*others, replace(returns, revisions=(*returns.revisions, reworded))],
        "hidden": [*others, replace(returns, revisions=(*returns.revisions, hidden))],
        "withdrawn": [*others, withdrawn(returns, 2)],
        "gone": others,
        "superseded by a new one": [*kb, entry(newcomer)],
        "nothing left": [],
    }


@pytest.mark.parametrize("name", proposals())
def test_a_state_answers_what_a_rebuild_would(
    name: str, encoder: BigramEncoder, root: Path, tmp_path: Path
) -> None:
    entries = sorted(proposals()[name], key=lambda e: e.id)
    asking = what_if(encoder, root)
    asking.state(shop().snapshot(), keep=True)  # what was prepared before must not show
    state = asking.state(entries)
    searcher = rebuilt(entries, encoder, tmp_path / "rebuilt")
    for request in requests():
        assert told(asking.answer(state, request)) == searched(searcher, request), request


@pytest.mark.slow
def test_a_state_of_the_real_content_answers_what_a_rebuild_would(tmp_path: Path) -> None:
    """Over real texts, where rarity and vocabulary move with every revision."""
    entries = content(tmp_path)
    changed = [
        replace(e, revisions=tuple(_longer(r) for r in e.revisions)) if at % 9 == 0 else e
        for at, e in enumerate(entries)
        if at % 13
    ]
    asking = what_if(shipped(), tmp_path / "none")
    asking.state(entries, keep=True)
    state = asking.state(changed)
    searcher = rebuilt(changed, shipped(), tmp_path / "rebuilt")
    for text in [*QUERIES, *(r.content.title for e in entries[::5] for r in e.revisions)]:
        request = SearchRequest(text, 5, NOW, EVERYONE)
        assert told(asking.answer(state, request)) == searched(searcher, request), text


def test_what_did_not_change_is_not_encoded_again(root: Path, indexer: Indexer) -> None:
    encoder = BigramEncoder()
    asking = what_if(encoder, root)
    entries = shop().snapshot()
    asking.state(entries, keep=True)
    assert encoder.encoded == []  # known from the index that serves
    new = revision("faq-new", title="能用花呗吗", body="可以用花呗付款。")
    asking.state([*entries, entry(new)])
    assert encoder.encoded
    assert all("花呗" in text for text in encoder.encoded)


def test_questions_are_encoded_once(root: Path) -> None:
    class Counting(BigramEncoder):
        asked = 0

        def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
            self.asked += query
            return super().encode(texts, query=query)

    encoder = Counting()
    asking = what_if(encoder, root)
    first, second = (asking.state(e) for e in (shop().snapshot(), shop().snapshot()[1:]))
    for state in (first, second, first):
        asking.answer(state, SearchRequest("退款要几天到账", 3, NOW))
    assert encoder.asked == 1


def test_equal_knowledge_has_an_equal_key(root: Path, encoder: BigramEncoder) -> None:
    asking = what_if(encoder, root)
    entries = shop().snapshot()
    draft = revision("return-7-days", 9, status=Status.DRAFT, since="2026-11-22")
    with_draft = [
        replace(e, revisions=(*e.revisions, draft)) if e.id == draft.entry_id else e
        for e in entries
    ]
    assert asking.state(entries).key == asking.state(with_draft).key
    assert asking.state(entries).key != asking.state(entries[1:]).key


def test_unfiltered_finds_what_no_search_does(root: Path, encoder: BigramEncoder) -> None:
    entries = [withdrawn(e, 1) if e.id == "faq-refund-when" else e for e in shop().snapshot()]
    asking = what_if(encoder, root)
    request = SearchRequest("退款多久到账？", 20, NOW, EVERYONE)
    found = asking.answer(asking.unfiltered(entries), request)
    assert (found.leaders[0].entry_id, found.leaders[0].revision) == ("faq-refund-when", 1)
    assert "faq-refund-when" not in {
        x.entry_id for x in asking.answer(asking.state(entries), request).leaders
    }


def test_a_bad_question_is_refused(root: Path, encoder: BigramEncoder) -> None:
    asking = what_if(encoder, root)
    state = asking.state([])
    with pytest.raises(InvalidInput):
        asking.answer(state, SearchRequest(" "))


def content(folder: Path) -> list[Entry]:
    settings = Settings(folder, f"sqlite:///{folder / 'zhike.db'}", ZoneInfo("Asia/Shanghai"))
    engine = open_engine(settings)
    try:
        upgrade(engine)
        kb = KnowledgeBase(engine, lambda: NOW, settings.site_tz)
        apply_import(plan_import(CONTENT, kb), kb, "import")
        return kb.snapshot()
    finally:
        engine.dispose()


def _longer(made: Revision) -> Revision:
    changed = replace(made.content, body=f"{made.content.body}\n\n运费改为 25 元，30 天内可以退。")
    return replace(made, content=changed, content_hash=changed.digest())
