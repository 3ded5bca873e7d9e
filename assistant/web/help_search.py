"""Searching the help centre: what a page of results shows, and questions while one is typed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from assistant.replies.language import of_tag
from assistant.selfservice.categories import Category
from assistant.selfservice.public_knowledge import ARTICLES, CUSTOMERS
from assistant.web import context, help_links, help_views
from assistant.web.help_centre import HelpCentre, language_of
from indexer.results import Hit, SearchRequest, SearchResponse
from kb.model import Revision

MAX_QUESTION = 200  # characters; what is longer is refused, not cut
PAGE = 10
_MOST = 50  # results in all
_UNSURE = 4  # results where none is an answer
_FLOOR = 0.05  # below this chance of being the answer an article is not worth a line
_SUGGESTED = 6
_NO_TAG = 1_000  # no article has as many
_SENTENCE_ENDS = "。！？；：.!?;:"
_MARKED = 12  # different words to highlight in one result


@dataclass(frozen=True)
class Results:
    """What came of a search.

    `state` is `empty` (nothing was asked), `too_long`, `unavailable` (no index), `none` (no
    reliable answer; `rows` may hold what comes nearest) or `found`. `corrected` is the question as
    it was read where words seemed mistyped.
    """

    state: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    page: int = 1
    pages: int = 1
    corrected: str = ""
    categories: list[dict[str, Any]] = field(default_factory=list)


def results(help_: HelpCentre, question: str, page: int) -> Results:
    """The page `page` (from 1) of what the public index finds for a question."""
    if not question:
        return Results("empty")
    if len(question) > MAX_QUESTION:
        return Results("too_long")
    response = _asked(help_, question)
    if not response.generation:
        return Results("unavailable")
    found = _worth_showing(help_, response, question)
    named = [help_views.category_link(c) for c in _named(help_, question)]
    if not response.answerable and not named:
        rows = [_row(help_, hit, revision) for hit, revision in found[:_UNSURE]]
        return Results("none", rows, categories=_categories(help_, found[:_UNSURE]))
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    rows = [_row(help_, hit, revision) for hit, revision in shown]
    return Results("found", rows, page, pages, response.corrected, named)


def suggestions(help_: HelpCentre, typed: str) -> list[dict[str, str]]:
    """Articles that what was typed so far may be about: titles with their paths, six at most."""
    if not typed or len(typed) > MAX_QUESTION:
        return []
    found = _worth_showing(help_, _asked(help_, typed, _SUGGESTED * 3), typed)
    own = of_tag(context.lang())
    # Those in the reader's language first; among them the order of the search stays.
    found.sort(key=lambda pair: language_of(pair[1]) != own)
    return [
        {
            "title": revision.content.title,
            "url": help_links.page("article", entry_id=revision.entry_id),
        }
        for _, revision in found[:_SUGGESTED]
    ]


def _asked(help_: HelpCentre, question: str, limit: int = _MOST) -> SearchResponse:
    request = SearchRequest(question, limit=limit, audiences=CUSTOMERS, kinds=ARTICLES)
    with context.turn():
        return help_.searcher.search(request)


def _worth_showing(
    help_: HelpCentre, response: SearchResponse, question: str
) -> list[tuple[Hit, Revision]]:
    """Hits that are the public article in force this very moment; the index may lag behind.

    A question that is no more than a tag names a matter: articles that are mostly about it first.
    """
    found = []
    for hit in response.hits:
        revision = help_.knowledge.article(hit.entry_id)
        if revision and revision.number == hit.revision and hit.confidence >= _FLOOR:
            found.append((hit, revision))
    return sorted(found, key=lambda pair: _place_among_tags(pair[1], question))


def _place_among_tags(revision: Revision, word: str) -> int:
    """0 where a word is the first tag of an article; behind all tags where it is none of them."""
    tags = [tag.casefold() for tag in revision.content.tags]
    return tags.index(word.casefold()) if word.casefold() in tags else _NO_TAG


def _named(help_: HelpCentre, question: str) -> list[Category]:
    """The categories with articles that a question names, by a word of theirs or their name."""
    asked, shelf = question.casefold(), help_.shelf()
    return [
        category
        for category in help_.categories.all()
        if (asked == category.name(context.lang()).casefold() or asked in category.words)
        and category.slug in shelf.by_category
    ]


def _row(help_: HelpCentre, hit: Hit, revision: Revision) -> dict[str, Any]:
    row = help_views.listed(help_, revision)
    terms = hit.matched.terms
    snippet = _on_one_line(hit.snippet)
    return {
        **row,
        "url": row["url"] + (f"#{quote(hit.anchor)}" if hit.anchor else ""),
        "title": highlighted(revision.content.title, terms),
        "heading": hit.heading,
        "snippet": highlighted(snippet, terms) if snippet != revision.content.title else "",
    }


def _on_one_line(snippet: str) -> str:
    """Lines of a passage after each other; where one ends without a sign, they are parted."""
    lines = [" ".join(line.split()) for line in snippet.splitlines() if line.strip()]
    ended = (line if line[-1] in _SENTENCE_ENDS else f"{line} ·" for line in lines[:-1])
    return " ".join([*ended, *lines[-1:]])


def _categories(help_: HelpCentre, found: list[tuple[Hit, Revision]]) -> list[dict[str, Any]]:
    """The categories of what came nearest, each once."""
    shelf = help_.shelf()
    of = (c for hit, _ in found for c in shelf.categories_of.get(hit.entry_id, ()))
    return [help_views.category_link(c) for c in {c.slug: c for c in of}.values()]


def highlighted(text: str, terms: tuple[str, ...]) -> Markup:
    """`text` escaped, with every occurrence of a term in a ``mark`` element; longer terms win."""
    wanted = sorted({term for term in terms if term.strip()}, key=len, reverse=True)[:_MARKED]
    if not wanted:
        return escape(text)
    pattern = "|".join(re.escape(term) for term in wanted)
    parts = re.split(f"({pattern})", text)
    marked = Markup("<mark>{}</mark>")
    return Markup("").join(
        marked.format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )
