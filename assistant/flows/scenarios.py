"""The tables of an entry by scenario, with the rows that the customer's words are about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from assistant.replies.fitting import fitted
from assistant.replies.passages import passages
from assistant.replies.rows import cells_of
from assistant.replies.saying import said
from assistant.replies.scenarios import is_by_case, pointed_at, scenario_tables
from assistant.replies.telling import key_overlap
from assistant.replies.vocabulary import Vocabulary
from kb.model import Content, Kind
from kb.sections import plain_text

_KINDS = frozenset({Kind.POLICY, Kind.GUIDE, Kind.FAQ})


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its cells, the sentence it makes in a reply, the lines that stands on.

    `fits` says whether the customer's words or figure are about this row.
    """

    cells: tuple[str, ...]
    text: str
    quotes: tuple[str, ...]
    fits: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table by scenario, its column names and rows, and the section it stands in."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@lru_cache(maxsize=1024)
def has_scenarios(content: Content) -> bool:
    """Whether an entry has a table by scenario. Pure, so it is remembered per content."""
    return content.kind in _KINDS and bool(scenario_tables(passages(content)))


def scenarios_of(content: Content, question: str, vocabulary: Vocabulary) -> tuple[Table, ...]:
    """The tables by scenario, those with a row that fits the question first.

    A table keyed by product, region or the like is one only if the question names a row of it.
    """
    pool = passages(content)
    fit = fitted(question, pool) if question.strip() else None
    lines = plain_text(content.body).split("\n")
    found: list[Table] = []
    for table in scenario_tables(pool):
        applying = fit.applying if fit else frozenset[int]()
        meant, _ = pointed_at(table, applying, lambda key: _overlap(question, key, vocabulary))
        if not meant and not is_by_case(table):
            continue  # a list of models answers nobody who named none
        orders = {row.order for row in meant}
        rows = tuple(
            Row(tuple(cells_of(r.quotes[0])), said(r.text), r.quotes, r.order in orders)
            for r in table
        )
        heading = table[0].heading
        found.append(Table(heading, _columns(table[0].quotes[0], lines), rows))
    return tuple(sorted(found, key=lambda table: not any(row.fits for row in table.rows)))


def _overlap(question: str, key: str, vocabulary: Vocabulary) -> float:
    return key_overlap(question, key, vocabulary) if question.strip() else 0.0


def _columns(row: str, lines: list[str]) -> tuple[str, ...]:
    """The names of the columns: what stands above the first row of a table."""
    place = lines.index(row) if row in lines else 0
    return tuple(cells_of(lines[place - 1])) if place else ()
