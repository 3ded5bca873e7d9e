"""Saved questions as CSV: `question,expects,must_hit,as_of,audience,channel`, by header.

Only `question` is needed. Several expected entries are parted by spaces or `|`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from assistant.impact.model import Question, SavedQuestion
from assistant.impact.questions import Wanted
from kb.clock import format_local, parse_local
from kb.errors import InvalidInput, Problem
from kb.formats.delimited import csv_bytes, unquoted
from kb.model import Audience, Channel

COLUMNS = ("question", "expects", "must_hit", "as_of", "audience", "channel")
MOST_ROWS = 5_000
_PARTS = re.compile(r"[\s|;,，；、]+")
_YES = frozenset({"1", "yes", "true", "y", "x", "是", "必中"})
_NO = frozenset({"", "0", "no", "false", "n", "否"})
_NAMES = {
    "问题": "question",
    "期望条目": "expects",
    "必中": "must_hit",
    "按日期": "as_of",
    "读者": "audience",
    "渠道": "channel",
    "text": "question",
}


def read_questions(
    name: str, text: str, tz: ZoneInfo, audience: Audience = Audience.CUSTOMER
) -> tuple[list[Wanted], list[Problem]]:
    """The questions of a CSV text, and what is wrong with its other rows.

    Args:
        name: What the file is called in problems.
        text: The file's text.
        tz: The zone of dates without an offset.
        audience: Who asks where the file does not say.

    Raises:
        InvalidInput: It has no column `question`, or more than 5,000 rows.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    rows: list[Wanted] = []
    problems: list[Problem] = []
    try:
        header = [_column(cell) for cell in next(reader, [])]
        if "question" not in header:
            message = f"has no column question; known columns are {', '.join(COLUMNS)}"
            raise InvalidInput([Problem(name, 1, "question", message)])
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(rows) + len(problems) >= MOST_ROWS:
                message = f"has more than {MOST_ROWS} rows; divide it"
                raise InvalidInput([Problem(name, reader.line_num, "", message)])
            row = {
                column: unquoted(cell).strip()
                for column, cell in zip(header, cells, strict=False)
                if column
            }
            found, wrong = _wanted(name, reader.line_num, row, tz, audience)
            problems += wrong
            if not wrong:
                rows.append(found)
    except csv.Error as error:
        problems.append(Problem(name, reader.line_num, "", f"is no CSV from here on: {error}"))
    return rows, problems


def written(saved: Sequence[SavedQuestion], tz: ZoneInfo) -> Iterator[bytes]:
    """The questions as CSV that imports again."""
    yield from csv_bytes([COLUMNS, *(_cells(one, tz) for one in saved)])


def _cells(saved: SavedQuestion, tz: ZoneInfo) -> list[str]:
    question = saved.question
    return [
        question.text,
        " ".join(question.expects),
        "yes" if saved.must_hit else "",
        format_local(question.as_of, tz) if question.as_of else "",
        question.audience.value,
        question.channel.value if question.channel else "",
    ]


def _column(cell: str) -> str:
    plain = unquoted(cell).strip().casefold()
    known = _NAMES.get(plain, plain)
    return known if known in COLUMNS else ""


def _wanted(
    name: str, line: int, row: dict[str, str], tz: ZoneInfo, audience: Audience
) -> tuple[Wanted, list[Problem]]:
    problems: list[Problem] = []

    def wrong(field: str, message: str) -> None:
        problems.append(Problem(name, line, field, message))

    as_of, readers, channel = None, audience, None
    try:
        as_of = parse_local(row["as_of"], tz) if row.get("as_of") else None
    except InvalidInput as error:
        wrong("as_of", error.problems[0].message)
    try:
        readers = Audience(row["audience"].casefold()) if row.get("audience") else audience
    except ValueError:
        wrong("audience", f"must be one of {', '.join(Audience)}")
    try:
        channel = Channel(row["channel"].casefold()) if row.get("channel") else None
    except ValueError:
        wrong("channel", f"must be one of {', '.join(Channel)}")
    said = row.get("must_hit", "").casefold()
    if said not in _YES | _NO:
        wrong("must_hit", "must be yes or no")
    if not row.get("question"):
        wrong("question", "must not be empty")
    expects = tuple(part for part in _PARTS.split(row.get("expects", "")) if part)
    question = Question(row.get("question", ""), as_of, readers, channel, expects)
    return Wanted(question, said in _YES, line), problems
