from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.beir import Asked, language_of, load
from kb.errors import InvalidInput, NotFound
from tests.evaluation.folders import GRADES, QUERIES, beir


@pytest.mark.parametrize("qrels", ["qrels.tsv", "qrels/test.tsv"])
@pytest.mark.parametrize("header", [True, False])
def test_a_folder_is_read_wherever_its_judgements_lie(
    tmp_path: Path, qrels: str, header: bool
) -> None:
    found = load(beir(tmp_path / "shop", qrels=qrels, header=header))
    assert (found.name, found.language, len(found.documents)) == ("shop", "zh", 4)
    assert found.queries == (
        Asked("q0", "几天内可以退货", {"d0": 2, "d2": 0}),
        Asked("q1", "退款什么时候到账", {"d1": 1}),
        # what the query is itself can neither be found nor missed
        Asked("q2", "冰箱不制冷先看电源。", {"d2": 1}, self_id="d3"),
    )
    assert [query.id for query in found.out_of_scope] == ["q3"]


def test_a_folder_may_hold_other_queries_with_their_own_judgements_and_history(
    tmp_path: Path,
) -> None:
    queries = [
        {"_id": 7, "text": "多久", "history": [{"q": "我要退款", "a": "好"}, {"q": "快点"}]},
        {"_id": "8", "text": "几天", "history": [{"role": "agent", "text": "您好"},
                                                {"role": "customer", "text": "退货"}]},
    ]  # fmt: skip
    folder = beir(tmp_path / "shop", queries=queries, grades=[("7", "d1", 1), ("8", "d0", 1)])
    (folder / "queries.jsonl").rename(folder / "talk.jsonl")
    (folder / "qrels.tsv").rename(folder / "talk.tsv")
    first, second = load(folder, "talk.jsonl", "talk.tsv").queries
    assert first.id == "7"
    assert first.context == ("我要退款", "快点")
    assert second.context == ("退货",)
    assert (first.answered, second.answered) == ("好", "您好")


def test_a_limit_draws_the_same_queries_each_time_in_file_order(tmp_path: Path) -> None:
    queries = [{"_id": f"q{n}", "text": "退货"} for n in range(50)]
    grades = [(f"q{n}", "d0", 1) for n in range(50)]
    found = load(beir(tmp_path / "shop", queries=queries, grades=grades))
    drawn = found.limited(10)
    assert drawn == found.limited(10)
    assert len(drawn.queries) == 10
    assert drawn.queries != found.queries[:10]
    places = [found.queries.index(query) for query in drawn.queries]
    assert places == sorted(places)
    assert found.limited(60) == found


def test_judged_documents_that_are_not_there_are_counted_and_kept(tmp_path: Path) -> None:
    found = load(beir(tmp_path / "shop", grades=[*GRADES, ("q0", "gone", 1)]))
    assert found.unknown == 1
    assert found.queries[0].relevant["gone"] == 1


def test_every_fault_is_named_with_file_and_line(tmp_path: Path) -> None:
    folder = beir(tmp_path / "shop", queries=[*QUERIES, QUERIES[0], {"_id": "x", "text": "多久",
                                                                    "history": ["好"]}])  # fmt: skip
    with (folder / "corpus.jsonl").open("a") as stream:
        stream.write('{"_id": "d9", "text": null}\nnothing\n')
    with (folder / "qrels.tsv").open("a") as stream:
        stream.write("q0 d0 1\n")
    with pytest.raises(InvalidInput) as refused:
        load(folder)
    assert [(Path(p.source).name, p.line, p.field) for p in refused.value.problems] == [
        ("corpus.jsonl", 5, ""),
        ("corpus.jsonl", 6, ""),
        ("qrels.tsv", 7, ""),
        ("queries.jsonl", 6, "_id"),
        ("queries.jsonl", 7, "history"),
    ]


def test_a_folder_without_its_files_says_what_it_should_hold(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no corpus\.jsonl; a folder in BEIR form holds"):
        load(tmp_path)
    folder = beir(tmp_path / "shop", grades=[("q0", "d0", 0)])
    with pytest.raises(InvalidInput, match="no query has a document with a score above 0"):
        load(folder)


def test_language_is_told_by_script() -> None:
    assert language_of("退货 return policy") == "zh"
    assert language_of("The character 退 means to return something to the shop") == "en"
    assert language_of("123 !?", "zh") == "zh"
