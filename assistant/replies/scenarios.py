"""Answers from tables: the rows that a question names, or a small scenario table as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from assistant.replies.asking import asked_quantities, figures, kinds_of_quantity
from assistant.replies.passages import Passage, Shape
from assistant.replies.selection import Group, Selection, alike, branches
from assistant.replies.wording import asks_compensation
from kb.model import Kind

_MOST_NAMED = 4
_MOST_ROWS = 6
_MOST_ROWS_OF_FAQ = 4
_NAMED = 0.3
_SCORED = 0.5
_CENTRAL = 0.8
_TWIN = 0.4
_SCENARIO = re.compile(r"场景|用法|用途|\b(?:scenario|use|usage)\b", re.IGNORECASE)
# What only cases are told apart by; other tables are keyed by what somebody has or pays with.
_BY_CASE = re.compile(r"情况|情形|\b(?:case|situation)\b", re.IGNORECASE)
_KEYED = re.compile(
    r"情况|情形|方式|等级|类型|类别|商品|产品|型号|地区"
    r"|\b(?:case|method|region|product|model|level)\b",
    re.IGNORECASE,
)


def take_rows(selection: Selection) -> bool:
    """Take rows that the question names or has its figure in, or else a table as a whole.

    Returns whether a table was the answer, so that single sentences need not be.
    """
    for table in sorted(_tables(filter(selection.free, selection.pool)), key=_not_scenario):
        rows, overlap = pointed_at(table, selection.applying, selection.overlap)
        if rows:
            if _take_named(selection, rows, overlap):
                return True
        elif _is_answer(selection, table):
            _take_whole(selection, table)
            return True
    return False


def pointed_at(
    table: Group, applying: frozenset[int], overlap: Callable[[str], float]
) -> tuple[Group, float]:
    """The rows that the customer's figure is in, or else those that the words name.

    None when all or none are meant. The number beside them is how clearly they are named, 0 to 1:
    a figure names clearly. `applying` are orders of passages, `overlap(key)` is how much of the
    words a row's key holds.
    """
    holding = [row for row in table if row.order in applying]
    if holding and len(holding) < len(table):
        return holding[:_MOST_NAMED], 1.0
    overlaps = [overlap(row.key) for row in table]
    top = max(overlaps)
    named = [r for r, o in zip(table, overlaps, strict=True) if o and o >= 0.6 * top]
    if top and len(named) < len(table):
        return named[:_MOST_NAMED], top
    return [], 0.0


def scenario_tables(pool: Iterable[Passage]) -> list[Group]:
    """The tables that answer case by case: what holds for which use, situation or product."""
    tables = [rows for rows in _tables(pool) if len(rows) > 1]
    cases = [t for t in tables if _is_scenario(t) or _KEYED.search(t[0].key_label)]
    return sorted(cases, key=_not_scenario)


def is_by_case(rows: Group) -> bool:
    """Whether a table parts cases and uses, so that it is worth reading as a whole."""
    return _is_scenario(rows) or bool(_BY_CASE.search(rows[0].key_label))


def _take_named(selection: Selection, rows: Group, overlap: float) -> bool:
    """Rows of a scenario table are the answer; those of other tables stand beside sentences."""
    if _is_scenario(rows):
        for row in rows:
            selection.take(_twin(selection, row), selection.best)
        return True
    for row in rows:
        scored = selection.score([row])
        clear = overlap >= _NAMED
        if selection.telling and (clear or scored >= _SCORED * selection.best):
            selection.take(_twin(selection, row), selection.best if clear else scored)
    return False


def _take_whole(selection: Selection, table: Group) -> None:
    """All rows, as the sentences that say the same where there is one for each."""
    twins = [_twin(selection, row) for row in table]
    if all(twin[0].shape is Shape.PROSE for twin in twins):
        for twin in twins:
            selection.take(twin, selection.best)
    else:
        selection.take(table, selection.best)


def _twin(selection: Selection, row: Passage) -> Group:
    """The sentence that says the same as a row, where there is one: it reads better."""
    stated = figures(row.text)
    for group in selection.sentences():
        text = "".join(p.text for p in group)
        same = group[0].section == row.section and alike(row.text, text, _TWIN)
        if same and stated and stated == figures(text):
            return group
    return [row]


def _is_answer(selection: Selection, table: Group) -> bool:
    """Whether to give a table completely: a short one by scenario, or keyed where it matters."""
    cut = any(
        p.section == table[0].section and p.shape is Shape.ROW and branches(p)
        for p in selection.pool
    )
    if cut or len(table) > _MOST_ROWS:
        return False
    if _is_scenario(table):
        return True
    if _states_prices(selection, table):
        return selection.score(table) >= _SCORED * selection.best
    if not _KEYED.search(table[0].key_label):
        return False
    if selection.content.kind is Kind.FAQ:
        return len(table) <= _MOST_ROWS_OF_FAQ
    return selection.score(table) >= _CENTRAL * selection.best


def _states_prices(selection: Selection, table: Group) -> bool:
    """Whether a price is asked for and every row states one."""
    question = selection.question
    if "money" not in asked_quantities(question) or asks_compensation(question):
        return False
    return all("money" in kinds_of_quantity(row.text) for row in table)


def _is_scenario(rows: Group) -> bool:
    return bool(_SCENARIO.search(rows[0].key_label))


def _not_scenario(rows: Group) -> bool:
    return not _is_scenario(rows)


def _tables(pool: Iterable[Passage]) -> list[Group]:
    """The tables among passages without rows that send the reader elsewhere."""
    tables: dict[tuple[int, str], Group] = {}
    for passage in pool:
        if passage.shape is Shape.ROW and not branches(passage):
            tables.setdefault((passage.section, passage.key_label), []).append(passage)
    return list(tables.values())
