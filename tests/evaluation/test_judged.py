from pathlib import Path

import pytest

from evaluation import judged
from kb.errors import InvalidInput


def test_every_bad_line_is_named_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "judged.jsonl"
    file.write_text(
        '{"id": "q1", "query": "退款", "relevant": {"a": 2}, "split": "dev"}\n{"id": 1}\nno\n'
    )
    with pytest.raises(InvalidInput) as refused:
        judged.load(file)
    assert [problem.line for problem in refused.value.problems] == [2, 3]


def test_split_selects(tmp_path: Path) -> None:
    file = tmp_path / "judged.jsonl"
    file.write_text(
        '{"id": "q1", "query": "退款", "relevant": {"a": 2}, "split": "dev", "tags": ["short"]}\n'
        '{"id": "q2", "query": "天气", "relevant": {}, "split": "test"}\n'
    )
    assert [q.id for q in judged.load(file, split="test")] == ["q2"]
    assert judged.load(file)[0].tags == ("short",)
