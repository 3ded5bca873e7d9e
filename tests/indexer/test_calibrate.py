from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from indexer.build import Indexer
from indexer.calibrate import calibrate, measure, read_judged
from indexer.ranking import FEATURES, Ranking
from indexer.search import Searcher
from kb.errors import InvalidInput, NotFound
from tests.indexer.fakes import NOW, BigramEncoder

SITE = ZoneInfo("Asia/Shanghai")
ROWS = [
    {"query": "退款什么时候到", "relevant": {"faq-refund-when": 2}, "split": "dev", "tags": []},
    {"query": "空调不制冷", "relevant": {"ac-not-cooling": 2}, "split": "dev"},
    {"query": "退货邮费谁付", "relevant": {"return-7-days": 2}, "split": "dev"},
    {"query": "讲个笑话", "relevant": {}, "split": "dev"},
    {"query": "双11满减", "relevant": {"promo-1111": 2}, "split": "test", "as_of": "2025-11-11"},
    {"query": "明天会下雨吗", "relevant": {}, "split": "test"},
]


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    path = tmp_path / "judged.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS) + "\n", "utf-8")
    return path


def test_reading_names_every_bad_line(tmp_path: Path) -> None:
    path = tmp_path / "judged.jsonl"
    good = '{"query": "退", "relevant": {}, "split": "dev"}'
    path.write_text(f'{good}\n\n{{"query": 1}}\nnonsense\n', "utf-8")
    with pytest.raises(InvalidInput) as refusal:
        read_judged(path, SITE)
    assert [problem.line for problem in refusal.value.problems] == [3, 4]


def test_dates_are_site_dates(judged: Path) -> None:
    dated = next(row for row in read_judged(judged, SITE) if row.as_of)
    assert dated.as_of is not None
    assert dated.as_of.isoformat() == "2025-11-10T16:00:00+00:00"


def test_every_query_is_measured_at_its_date(judged: Path, searcher: Searcher) -> None:
    rows = read_judged(judged, SITE)
    found = list(measure(searcher, rows, NOW))
    assert [m.relevant for m in found] == [row.relevant for row in rows]
    assert all(m.features.shape == (len(m.entries), len(FEATURES)) for m in found)
    assert "promo-1111" in found[4].entries
    assert "promo-1111" not in found[5].entries


def test_a_fit_of_both_modes(judged: Path, searcher: Searcher) -> None:
    ranking = calibrate(searcher, read_judged(judged, SITE), NOW, test=True)
    assert set(ranking.figures) == {"generation", "encoder", "full", "keywords"}
    assert ranking.figures["full"]["dev"]["hit1"] == 1.0
    assert set(ranking.figures["keywords"]) == {"dev", "test"}
    assert "dense_best" not in ranking.keywords.weights
    assert "test" not in calibrate(searcher, read_judged(judged, SITE), NOW).figures["full"]


def test_a_ranking_beside_the_index_is_preferred(
    judged: Path, searcher: Searcher, indexer: Indexer, encoder: BigramEncoder, root: Path
) -> None:
    own = calibrate(searcher, read_judged(judged, SITE), NOW)
    (root / "ranking.json").write_text(own.text(), "utf-8")
    assert Searcher(root / "staff", encoder).ranking.full.bias == pytest.approx(own.full.bias, 1e-4)
    assert searcher.ranking.full == Ranking.read().full


def test_no_fit_without_a_healthy_index(tmp_path: Path, encoder: BigramEncoder) -> None:
    with pytest.raises(NotFound, match="no index"):
        list(measure(Searcher(tmp_path / "staff", encoder), [], NOW))
