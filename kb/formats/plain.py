"""Markdown that states no fields: a page under its first heading, or one for each heading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from kb.formats.records import Bad, Page, Record
from kb.formats.rows_in import Budget
from kb.formats.splitting import parts_of, title_of
from kb.formats.tidy import tidy
from kb.frontmatter_fields import KEYS
from kb.validation import MAX_LINE

_FENCE = "---"


def is_plain(text: str) -> bool:
    """Whether a Markdown file makes no attempt at front matter.

    One that begins with ``---``, or with a line such as ``title: …``, does: what is wrong with it
    is to be named, not taken for text. Neither is an empty file plain.
    """
    first = text.removeprefix("\ufeff").lstrip().partition("\n")[0]
    key, colon, _ = first.partition(":")
    return bool(first) and not first.startswith(_FENCE) and not (colon and key.strip() in KEYS)


def read_plain(name: str, text: str, split: int) -> Iterator[Record]:
    """The pages of a plain Markdown file; one for each heading down to level `split`, 0: one page.

    The page of a whole file is known by the file's name alone, so that a better title later on is
    a change of the same entry.
    """
    stem = PurePosixPath(name.replace("\\", "/")).stem[:MAX_LINE]
    whole, parts = parts_of(tidy(text), split, stem)
    if not parts:
        yield Bad(name, 0, "has no text")
    budget = Budget()
    for part in parts:
        budget.spend((part.body,))
        path = part.path if split else ()
        yield Page(name, path, title_of(part.path) if split else whole, part.body)
