"""Under which words the help centre lists an article: an editable table of words by category.

The packaged `help-categories.yaml` says how a table is written; a file of that name in the data
folder takes its place as a whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import yaml

from assistant.replies.language import of_tag
from kb.errors import InvalidInput, Problem
from kb.model import Content

FILE = "help-categories.yaml"
OTHER = "other"
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LATIN = re.compile(r"[a-z0-9]")
_LANGUAGES = ("zh", "en")

Wrong = Callable[[str, str], None]  # takes a field and what is wrong with it


@dataclass(frozen=True, slots=True)
class Category:
    """A place in the help centre: its address, its name by language and the words that lead there.

    `names` has the keys `zh` and `en`; `words` are folded to lower case.
    """

    slug: str
    names: Mapping[str, str]
    words: frozenset[str] = frozenset()

    def name(self, lang: str) -> str:
        """What readers of a language (a tag such as ``zh-CN``) call it."""
        return named(self.names, lang)


@dataclass(frozen=True, slots=True)
class Group:
    """Categories that stand together under a heading, in the order of the table."""

    names: Mapping[str, str]
    categories: tuple[Category, ...]

    def name(self, lang: str) -> str:
        """The heading in a language (a tag such as ``zh-CN``)."""
        return named(self.names, lang)


@dataclass(frozen=True, slots=True)
class Categories:
    """The whole table. `other` takes what no word fits."""

    groups: tuple[Group, ...]
    other: Category

    def all(self) -> Iterator[Category]:
        """Every category in the order of the table, `other` last."""
        for group in self.groups:
            yield from group.categories
        yield self.other

    def find(self, slug: str) -> Category | None:
        """The category at an address, or None."""
        return next((category for category in self.all() if category.slug == slug), None)

    def of(self, content: Content) -> tuple[Category, ...]:
        """Where an article is listed: at least one category, in the order of the table.

        Its tags decide; where none of them is known, words in its title do.
        """
        tags = {tag.strip().casefold() for tag in content.tags}
        named = [c for group in self.groups for c in group.categories]
        found = tuple(category for category in named if category.words & tags)
        if not found:
            title = content.title.casefold()
            found = tuple(c for c in named if any(_stands_in(word, title) for word in c.words))
        return found or (self.other,)


def named(names: Mapping[str, str], lang: str) -> str:
    """The name for a language tag; English for ``en…``, Chinese for every other."""
    return names[of_tag(lang)]


def load_categories(data: Path | None = None) -> Categories:
    """The packaged table, or the one in the folder `data` where that exists.

    Raises:
        InvalidInput: The table cannot be used; every defect is named.
    """
    own = data / FILE if data else None
    if own is not None and own.is_file():
        return _parsed(own.read_bytes(), str(own))
    packaged = resources.files(__package__).joinpath(FILE)
    return _parsed(packaged.read_bytes(), FILE)


def _parsed(raw: bytes, source: str) -> Categories:
    try:
        table = yaml.safe_load(raw)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise InvalidInput([Problem(source, line, "", f"not YAML: {error}")]) from None
    problems: list[Problem] = []

    def wrong(field: str, message: str) -> None:
        problems.append(Problem(source, 0, field, message))

    if not isinstance(table, dict):
        wrong("", "must be a mapping with the keys groups and other")
        raise InvalidInput(problems)
    for key in table.keys() - {"groups", "other"}:
        wrong(str(key), "unknown key; known: groups, other")
    other = Category(OTHER, _names(table.get("other"), "other", wrong))
    groups = tuple(_groups(table.get("groups"), wrong))
    slugs = Counter([OTHER, *(c.slug for group in groups for c in group.categories if c.slug)])
    for slug in (slug for slug, count in slugs.items() if count > 1):
        wrong("slug", f"{slug!r} stands more than once")
    if problems:
        raise InvalidInput(problems)
    return Categories(groups, other)


def _groups(given: object, wrong: Wrong) -> Iterator[Group]:
    if not isinstance(given, list):
        wrong("groups", "must be a list")
        return
    for number, row in enumerate(given, 1):
        place = f"groups[{number}]"
        names = _names(row, place, wrong)
        listed = row.get("categories") if isinstance(row, dict) else None
        if not isinstance(listed, list):
            wrong(f"{place}.categories", "must be a list")
            continue
        yield Group(names, tuple(_category(each, place, wrong) for each in listed))


def _category(given: object, place: str, wrong: Wrong) -> Category:
    row = given if isinstance(given, dict) else {}
    slug = row.get("slug")
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        wrong(f"{place}.slug", f"{slug!r} must be lower-case letters, digits and hyphens")
        slug = ""
    words = row.get("words")
    if not isinstance(words, list) or not all(isinstance(w, str | int | float) for w in words):
        wrong(f"{place}.{slug}.words", "must be a list of words")
        words = []
    folded = frozenset(str(word).strip().casefold() for word in words) - {""}
    return Category(slug, _names(row, f"{place}.{slug}", wrong), folded)


def _names(given: object, place: str, wrong: Wrong) -> Mapping[str, str]:
    row = given if isinstance(given, dict) else {}
    names = {lang: row.get(lang) for lang in _LANGUAGES}
    for lang, name in names.items():
        if not isinstance(name, str) or not name.strip():
            wrong(f"{place}.{lang}", "must be a name")
    return {lang: str(name) for lang, name in names.items()}


def _stands_in(word: str, title: str) -> bool:
    if not _LATIN.match(word):
        return word in title
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?:s|es)?(?![a-z0-9])", title) is not None
