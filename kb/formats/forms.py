"""From rows and pages to proposals: one function for each known form of table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from kb import frontmatter
from kb.document import Document
from kb.errors import InvalidInput, Problem
from kb.formats.columns import BY_NAME, OWN, places
from kb.formats.duplicates import comparable
from kb.formats.proposals import ImportOptions, Proposed, derived_id
from kb.formats.records import Head, Page, Row, Text
from kb.formats.tidy import items, language_of, one_line, paragraphs, tidy
from kb.frontmatter_fields import KEYS
from kb.model import Content, Kind, Stewardship
from kb.validation import MAX_LINE, content_problems
from kb.yamltext import Listed, Scalar, Value

_LISTS = ("products", "channels", "tags", "questions", "counter", "depends_on", "supersedes")
_YES = {"true", "yes", "y", "1", "是", "停用", "已停用"}
_MANY = "##"
Cells = Mapping[str, str]


class TableReader:
    """Makes proposals of the rows under one head."""

    def __init__(self, head: Head, options: ImportOptions, tz: ZoneInfo) -> None:
        self._head = head
        self._options = options
        self._tz = tz
        self._places = places(BY_NAME[head.form], head.columns)

    def proposed(self, row: Row) -> Proposed:
        """What the row proposes; InvalidInput with every defect, its field the column's header."""
        problems = [
            Problem("", row.line, self._header(place), message) for place, message in row.problems
        ]
        if problems:
            raise InvalidInput(problems)
        try:
            if self._head.form == OWN:
                return Proposed(self._own(row))
            return _PROPOSERS[self._head.form](self._cells(row), self._options)
        except InvalidInput as error:
            raise InvalidInput(
                [
                    Problem("", row.line, self._column(problem.field), problem.message)
                    for problem in error.problems
                ]
            ) from None

    def _cells(self, row: Row) -> Cells:
        """The text of each field; columns of one list under each other."""
        return {
            field: "\n".join(text for place in where if (text := _cell(row, place)))
            for field, where in self._places.items()
        }

    def _own(self, row: Row) -> Document:
        """The document of a row of our own export: the same fields as a Markdown file."""
        values: dict[str, tuple[Value, int]] = {}
        for key in KEYS:
            cell = _cell(row, self._places[key][0]) if key in self._places else ""
            if cell:
                values[key] = (_value(key, cell, row.line), row.line)
        body = "".join(_cell(row, place) for place in self._places["body"])
        body = body.replace("\r\n", "\n").strip("\n")
        return frontmatter.assembled(values, [], "", self._tz, body, row.line)

    def _header(self, place: int) -> str:
        columns = self._head.columns
        return columns[place] if place < len(columns) and columns[place] else f"#{place + 1}"

    def _column(self, field: str) -> str:
        """The header of the column that a field of the content was read from."""
        for name in (field, *_SOURCES.get(field, ())):
            if name in self._places:
                return self._header(self._places[name][0])
        return field


# Content field → fields of foreign forms that it may come from.
_SOURCES = {
    "id": ("question", "q", "title", "content"),
    "title": ("question", "q", "content", "questions"),
    "body": ("answers", "answer", "content", "a", "q"),
    "questions": ("similar", "indexes"),
    "tags": ("category",),
}


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if place < len(row.cells) else ""


def _value(key: str, cell: str, line: int) -> Value:
    if key == "slots":
        pairs = (part.partition(":") for part in cell.replace("\r\n", "\n").split("\n") if part)
        named = (
            {"name": Scalar(name, line)} | ({"label": Scalar(label.strip(), line)} if colon else {})
            for name, colon, label in pairs
        )
        return Listed(tuple(named), line)
    if key in _LISTS:
        parts = cell.replace("\r\n", "\n").split("\n")
        return Listed(tuple(Scalar(part, line) for part in parts if part), line)
    return Scalar(cell.strip(), line)


def _faq(
    question: str,
    answer: str,
    options: ImportOptions,
    similar: Sequence[str] = (),
    counter: Sequence[str] | None = None,
    category: str | None = None,
    hold: bool = False,
) -> Proposed:
    """A question with its answer; what is None is not stated by the form."""
    title, body = one_line(question), paragraphs(answer)
    same = comparable(title)
    content = Content(
        kind=Kind.FAQ,
        title=title,
        body=body,
        lang=language_of(title + body),
        audience=options.audience,
        tags=items(category or ""),
        questions=tuple(q for q in dict.fromkeys(similar) if comparable(q) != same),
        counter=tuple(dict.fromkeys(counter or ())),
    )
    stated = ["title", "body", "questions"]
    stated += ["counter"] if counter is not None else []
    stated += ["tags"] if category is not None else []
    return _checked(content, (same,), options, stated, hold)


def _chunk(title: str, body: str, options: ImportOptions) -> Proposed:
    """A text without questions, under its title or else its first line."""
    text = paragraphs(body)
    name = one_line(title) or text.split("\n", 1)[0].strip("#* ")[:80].strip()
    content = Content(
        Kind.GUIDE, name, text, lang=language_of(name + text), audience=options.audience
    )
    return _checked(content, (comparable(name),), options, ["title", "body"])


def _checked(
    content: Content,
    names: tuple[str, ...],
    options: ImportOptions,
    stated: Sequence[str],
    hold: bool = False,
) -> Proposed:
    problems = content_problems(content)
    if problems:
        raise InvalidInput(problems)
    keeper = Stewardship(owner=options.owner)
    document = Document(derived_id(content.kind, *names), content, stewardship=keeper)
    return Proposed(document, tuple(stated), hold)


def _weknora(cells: Cells, options: ImportOptions) -> Proposed:
    answers = [tidy(part) for part in cells["answers"].split(_MANY)]
    return _faq(
        cells["question"],
        "\n\n".join(part for part in answers if part),
        options,
        items(cells.get("similar", ""), _MANY),
        items(cells["counter"], _MANY) if "counter" in cells else None,
        cells.get("category"),
        cells.get("disabled", "").strip().casefold() in _YES,
    )


def _maxkb(cells: Cells, options: ImportOptions) -> Proposed:
    questions = items(cells.get("questions", ""))
    title = one_line(cells.get("title", ""))
    if not questions:
        return _chunk(title, cells["content"], options)
    return _faq(title or questions[0], cells["content"], options, questions)


def _fastgpt(cells: Cells, options: ImportOptions) -> Proposed:
    if not cells["a"].strip():
        return _chunk("", cells["q"], options)
    return _faq(cells["q"], cells["a"], options, _indexes(cells.get("indexes", "")))


def _indexes(text: str) -> tuple[str, ...]:
    """Further ways to ask: one a line, or a JSON list."""
    if text.lstrip().startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return items(text)
        if isinstance(found, list):
            texts = [part.get("text", "") if isinstance(part, dict) else part for part in found]
            return items("\n".join(one_line(str(part)) for part in texts))
    return items(text)


def _dify(cells: Cells, options: ImportOptions) -> Proposed:
    similar = tidy(cells.get("similar", ""))
    separator = _MANY if _MANY in similar else "\n"
    return _faq(
        cells["question"],
        cells["answer"],
        options,
        items(similar, separator),
        None,
        cells.get("category"),
    )


_PROPOSERS: dict[str, Callable[[Cells, ImportOptions], Proposed]] = {
    "weknora": _weknora,
    "maxkb": _maxkb,
    "fastgpt": _fastgpt,
    "dify": _dify,
}


def page_proposed(page: Page, occurrence: int, options: ImportOptions) -> Proposed:
    """The entry that a page of a manual proposes; `occurrence` counts pages of the same path."""
    content = Content(
        kind=options.kind,
        title=page.title[:MAX_LINE].strip(),
        body=page.body,
        lang=language_of(page.title + page.body),
        audience=options.audience,
    )
    again = (str(occurrence),) if occurrence > 1 else ()
    return _checked(content, (page.origin, *page.path, *again), options, ["title", "body"])


def text_proposed(text: Text, tz: ZoneInfo) -> Proposed:
    """What a Markdown file proposes; InvalidInput with every defect and its line."""
    return Proposed(frontmatter.parse(text.text, text.name, tz))
