from __future__ import annotations

import gzip
import json
from pathlib import Path

from indexer.training.cloze import cloze_pairs
from indexer.training.corpus import PAIRS, TEXT, Pair, read_pairs, write_pairs, write_text
from indexer.training.settings import Settings
from indexer.training.textprep import clean


def test_pairs_are_normalised_once_each_and_read_back(tmp_path: Path) -> None:
    good = {"source": "aliyun_faq", "kind": "faq", "lang": "zh", "intent": "refund"}
    rows = [
        {
            **good,
            "query": "退貨\t運費  誰付？",
            "passage": "**賣家** 付，見 <a href='x'>說明</a>。",
        },
        {**good, "query": "退货 运费 谁付?", "passage": "卖家 付,见 说明 。"},
        {**good, "query": "同", "passage": "太短的问题"},
        {**good, "query": "一样的话", "passage": "一样的话"},
        {**good, "api": True, "query": "CreateOrder", "passage": "Creates\nan order"},
    ]
    folder = tmp_path / "train" / "pairs"
    folder.mkdir(parents=True)
    with gzip.open(folder / "one.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    write_pairs(tmp_path, tmp_path)

    assert list(read_pairs(tmp_path / PAIRS)) == [
        Pair("aliyun_faq", "faq", "", "zh", "refund", "退货 运费 谁付?", "卖家 付,见 说明 。"),
        Pair("aliyun_faq", "api", "", "zh", "refund", "createorder", "creates an order"),
    ]


def test_paragraphs_keep_their_source_and_stand_once(tmp_path: Path) -> None:
    folder = tmp_path / "train" / "text"
    folder.mkdir(parents=True)
    with gzip.open(folder / "ms_docs_en.txt.gz", "wt", encoding="utf-8") as out:
        out.write("Restart the router first.\nshort\nRestart  the ROUTER first.\n")
    write_text(tmp_path, tmp_path)
    assert (tmp_path / TEXT).read_text("utf-8") == "ms_docs_en\trestart the router first.\n"


def test_cleaning_drops_marks_but_no_words() -> None:
    assert clean("## 退貨 `code` | **要點** -- {{x}}") == "退货 code 要点 x"


def test_a_cloze_query_comes_from_its_paragraph(tmp_path: Path) -> None:
    sentences = ["签收后七天内可以退货。", "运费由卖家承担。", "大件商品需要预约上门。"]
    file = tmp_path / TEXT
    file.write_text("kdconv\t" + "".join(sentences) + "\n", "utf-8")
    settings = Settings(cloze_keep=0.0, cloze_each=2)
    made = cloze_pairs(file, settings)
    assert made == cloze_pairs(file, settings), "the seed decides, not chance"
    assert len(made) == 2
    for pair in made:
        own = next(sentence for sentence in sentences if pair.query in sentence)
        assert own not in pair.passage
        assert len(pair.passage) == sum(map(len, sentences)) - len(own)
