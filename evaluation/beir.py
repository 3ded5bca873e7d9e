"""Folders in BEIR form (Thakur et al. 2021): documents, queries and who answers what.

A folder holds `corpus.jsonl` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and
`qrels.tsv` or `qrels/test.tsv` (query id, corpus id, score; a header row is optional; a score of 0
means "judged, not relevant"). Two more fields of a query are understood: `self_id`, a document
that is the query itself and never counts as found, and `in_scope: false`, a query that no
document answers.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kb.errors import InvalidInput, NotFound, Problem

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]")
_LETTER = re.compile(r"[^\W\d_]")
_SAMPLED = 400
MAX_PROBLEMS = 20
SEED = 7


@dataclass(frozen=True, slots=True)
class Passage:
    """One document; the title may be empty."""

    id: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        """Title and text in one, as systems without fields read them."""
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Asked:
    """One query with its graded documents.

    Attributes:
        id: Its id.
        text: What is asked.
        relevant: Grade of each judged document; 0 means judged and not relevant.
        self_id: The document that is this query itself; empty when there is none.
        in_scope: False when no document is meant to answer it.
        context: Earlier turns of the one who asks, oldest first.
        answered: What was last answered; empty where nothing was.
    """

    id: str
    text: str
    relevant: Mapping[str, int] = field(default_factory=dict)
    self_id: str = ""
    in_scope: bool = True
    context: tuple[str, ...] = ()
    answered: str = ""

    @property
    def answerable(self) -> bool:
        """Whether any document is relevant."""
        return any(grade > 0 for grade in self.relevant.values())


@dataclass(frozen=True, slots=True)
class Dataset:
    """A folder's documents and queries.

    Attributes:
        name: The folder's name.
        documents: All documents.
        queries: The queries with a relevant document, in file order.
        out_of_scope: The queries marked `in_scope: false` without a relevant document.
        language: `zh` or `en`: the script in which most of it is written.
        unknown: Judged documents that the corpus lacks; they count as never found.
    """

    name: str
    documents: tuple[Passage, ...]
    queries: tuple[Asked, ...]
    out_of_scope: tuple[Asked, ...]
    language: str
    unknown: int = 0

    def limited(self, limit: int) -> Dataset:
        """The same documents with at most `limit` queries of each sort, drawn with a fixed seed."""
        return Dataset(
            self.name, self.documents, _drawn(self.queries, limit),
            _drawn(self.out_of_scope, limit), self.language, self.unknown,
        )  # fmt: skip


def _drawn(queries: tuple[Asked, ...], limit: int) -> tuple[Asked, ...]:
    if len(queries) <= limit:
        return queries
    order = list(range(len(queries)))
    random.Random(SEED).shuffle(order)
    return tuple(queries[at] for at in sorted(order[:limit]))


def load(folder: Path, queries: str = "queries.jsonl", qrels: str = "") -> Dataset:
    """Read a folder.

    Args:
        folder: Where the files lie.
        queries: Name of the file of queries in it.
        qrels: Name of the file of judgements; by default the first of `qrels.tsv`,
            `qrels/test.tsv`, `qrels/dev.tsv` that is there.

    Raises:
        NotFound: A file is missing; the message says which and what was looked for.
        InvalidInput: A line is wrong, an id is double or nothing can be measured; each problem
            has file and line.
    """
    problems: list[Problem] = []
    documents = _documents(_file(folder, ["corpus.jsonl"]), problems)
    grades_file = _file(folder, [qrels] if qrels else ["qrels.tsv", "qrels/test.tsv",
                                                       "qrels/dev.tsv"])  # fmt: skip
    grades = _grades(grades_file, problems)
    queries_file = _file(folder, [queries])
    asked = _queries(queries_file, grades, problems)
    if problems:
        raise InvalidInput(problems[:MAX_PROBLEMS])
    known = {passage.id for passage in documents}
    judged = {identity for query in asked for identity in query.relevant}
    found = tuple(query for query in asked if query.answerable)
    if not documents or not found:
        problem = "no query has a document with a score above 0" if documents else "is empty"
        source = grades_file if documents else folder / "corpus.jsonl"
        raise InvalidInput([Problem(str(source), 0, "", problem)])
    return Dataset(
        folder.resolve().name,
        tuple(documents),
        found,
        tuple(query for query in asked if not query.in_scope and not query.answerable),
        _language(documents, found),
        len(judged - known),
    )


def language_of(text: str, otherwise: str = "en") -> str:
    """`zh` when at least a tenth of the letters are Han characters, else `en`.

    Args:
        text: Any text.
        otherwise: What a text without letters is.
    """
    letters = len(_LETTER.findall(text))
    if not letters:
        return otherwise
    return "zh" if len(_HAN.findall(text)) * 10 >= letters else "en"


def _language(documents: list[Passage], queries: tuple[Asked, ...]) -> str:
    step = max(len(documents) // _SAMPLED, 1)
    texts = [passage.whole[:500] for passage in documents[::step]]
    return language_of(" ".join([*texts, *(query.text for query in queries[:_SAMPLED])]))


def _file(folder: Path, names: list[str]) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise NotFound(
        f"{folder}: no {' or '.join(names)}; a folder in BEIR form holds corpus.jsonl, "
        "queries.jsonl and qrels.tsv (or qrels/test.tsv)"
    )


def _rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects of a JSONL file with an id and text, each with its line; ids are strings, once."""
    seen: set[str] = set()
    with path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                row["_id"] = str(row["_id"])
                if not isinstance(row["text"], str):
                    raise TypeError("text is no text")
            except (ValueError, KeyError, TypeError) as error:
                message = f"want an object with _id and text, one a line ({error!r})"
                problems.append(Problem(str(path), number, "", message))
                continue
            if row["_id"] in seen:
                message = f"{row['_id']!r} stands twice; ids must be unique"
                problems.append(Problem(str(path), number, "_id", message))
            seen.add(row["_id"])
            yield number, row


def _documents(path: Path, problems: list[Problem]) -> list[Passage]:
    return [
        Passage(row["_id"], str(row.get("title") or "").strip(), row["text"].strip())
        for _, row in _rows(path, problems)
    ]


def _grades(path: Path, problems: list[Problem]) -> dict[str, dict[str, int]]:
    """Grade of each judged document by query; below 0 counts as 0."""
    found: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, start=1):
            cells = line.rstrip("\r\n").split("\t")
            if not line.strip():
                continue
            try:
                query, document, score = cells
                grade = float(score)
            except ValueError:
                if number > 1:  # the first line may be a header
                    message = "want three cells with tabs between: query id, corpus id, score"
                    problems.append(Problem(str(path), number, "", message))
                continue
            found.setdefault(query, {})[document] = max(round(grade), 0)
    return found


def _queries(
    path: Path, grades: Mapping[str, Mapping[str, int]], problems: list[Problem]
) -> list[Asked]:
    found = []
    for number, row in _rows(path, problems):
        try:
            found.append(_asked(row, grades.get(row["_id"], {})))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            message = f"want a list of earlier turns, each with q or text ({error!r})"
            problems.append(Problem(str(path), number, "history", message))
    return found


def _asked(row: Mapping[str, Any], grades: Mapping[str, int]) -> Asked:
    own = str(row.get("self_id") or "")
    turns = row.get("history") or ()
    asked = [str(turn["q"] if "q" in turn else turn["text"]) for turn in turns
             if turn.get("role", "customer") == "customer"]  # fmt: skip
    answers = [str(turn["a"] if "a" in turn else turn["text"]) for turn in turns
               if "a" in turn or turn.get("role", "customer") != "customer"]  # fmt: skip
    return Asked(
        row["_id"], row["text"],
        {document: grade for document, grade in grades.items() if document != own},
        own, row.get("in_scope", True) is not False, tuple(asked),
        answers[-1] if answers else "",
    )  # fmt: skip
