from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer import interaction as interaction_module
from indexer.interaction import MOST_CHUNK, Interaction, files, shipped, tokens_of

TEXTS = ["退货运费由买家承担", "", "空调不制冷, 先清洗滤网", "冰箱温度偏高", "return shipping fee"]


@pytest.fixture(scope="module")
def interaction(tmp_path_factory: pytest.TempPathFactory) -> Interaction:
    folder = tmp_path_factory.mktemp("index")
    for name, write in files(tokens_of(TEXTS)).items():
        write(folder / name)
    return Interaction.read(folder)


ALL = np.arange(len(TEXTS))


def test_a_text_meets_itself_wholly(interaction: Interaction) -> None:
    for at, text in enumerate(TEXTS):
        if text:
            met = interaction.meet(text, ALL)
            assert met.same[at] == pytest.approx(1, abs=1e-5)
            assert met.alike[at] == pytest.approx(1, abs=1e-3)
            assert met.back[at] == pytest.approx(1, abs=1e-3)
            assert met.alike.argmax() == at


def test_values_are_those_of_the_formula(interaction: Interaction) -> None:
    table, query = shipped(), "冰箱不冷"
    asked = np.array(table.tokens([query])[0])
    text = np.array(table.tokens([TEXTS[3]])[0])
    best = (table.unit(asked, 192) @ table.unit(text, 192).T).max(axis=1)
    weights = table.lengths[asked] * interaction.idf[asked]
    expected = (weights * np.maximum(best, 0) ** 2).sum() / weights.sum()
    assert interaction.meet(query, ALL).alike[3] == pytest.approx(expected, rel=1e-4)


def test_an_empty_text_and_an_empty_query_meet_nothing(interaction: Interaction) -> None:
    assert interaction.meet("退货", ALL).alike[1] == 0
    assert not interaction.meet("", ALL).alike.any()
    assert not len(interaction.meet("退货", np.empty(0, dtype=np.int64)).alike)


def test_a_value_does_not_depend_on_what_else_is_met(interaction: Interaction) -> None:
    alone = interaction.meet("空调滤网", np.array([2]))
    among = interaction.meet("空调滤网", ALL)
    assert alone.alike[0] == pytest.approx(among.alike[2], rel=1e-5)


def test_long_texts_are_cut() -> None:
    assert len(tokens_of(["退货运费 " * 5_000])[0]) == MOST_CHUNK


def test_no_texts(tmp_path: Path) -> None:
    for name, write in files([]).items():
        write(tmp_path / name)
    assert len(Interaction.read(tmp_path).starts) == 1


def test_what_is_worked_out_once_equals_what_is_worked_out_anew(interaction: Interaction) -> None:
    """The lengths of rows, and the distinct words, as a plain computation gives them."""
    table = shipped()
    ids = np.random.default_rng(3).integers(0, table.size, 3_000)
    for width in (192, 50):
        rows = ids if table._mapping is None else table._mapping[ids]
        plain = table._rows[rows, :width].astype(np.float32)
        plain /= np.maximum(np.linalg.norm(plain, axis=1, keepdims=True), 1e-12)
        assert (table.unit(ids, width) == plain).all()
    distinct, places = interaction_module._distinct(ids, table.size)
    expected, inverse = np.unique(ids, return_inverse=True)
    assert (distinct == expected).all()
    assert (places == inverse).all()
