"""Public articles as the templates of the help centre show them: nothing of the desk."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from assistant.replies.language import of_tag
from assistant.selfservice.categories import Category
from assistant.web import context, help_links, help_structured_data
from assistant.web.help_centre import HelpCentre, language_of
from assistant.web.help_structured_data import as_text
from assistant.web.i18n import texts_for
from assistant.web.moments import last_moment
from kb.model import Kind, Revision
from kb.render import render_html
from kb.sections import sections

_CONTENTS_FROM = 3  # headings; below that a contents list is longer than its use
_SUMMARY = 110  # characters of a description for search engines and shared links
_KEPT = 512  # texts whose analysis is remembered
_EXAMPLES = 4  # matters named under a category
_KIND_ORDER = (Kind.FAQ, Kind.GUIDE, Kind.POLICY)
IMAGES = "/help/images/"


def home(help_: HelpCentre) -> dict[str, Any]:
    """Most asked questions and all categories that hold an article."""
    lang = context.lang()
    return {
        "top": [listed(help_, r) for r in help_.knowledge.top_questions(of_tag(lang), 8)],
        "groups": groups(help_),
        "empty": not help_.knowledge.articles(),
    }


def groups(help_: HelpCentre) -> list[dict[str, Any]]:
    """Categories with articles under their headings; those in the reader's language first.

    `foreign` marks a category whose articles are all in another language.
    """
    lang = context.lang()
    found = [
        {"name": group.name(lang), "categories": _shown(help_, group.categories)}
        for group in help_.categories.groups
    ]
    found.append({"name": "", "categories": _shown(help_, (help_.categories.other,))})
    return [group for group in found if group["categories"]]


def _shown(help_: HelpCentre, categories: tuple[Category, ...]) -> list[dict[str, Any]]:
    lang, shelf = context.lang(), help_.shelf()
    shown = []
    for category in categories:
        articles = shelf.by_category.get(category.slug, ())
        if not articles:
            continue
        own = [r for r in articles if language_of(r) == of_tag(lang)]
        examples = _matters(help_, category, own)
        shown.append({**category_link(category), "examples": examples, "foreign": not own})
    return sorted(shown, key=lambda row: bool(row["foreign"]))


def _matters(help_: HelpCentre, category: Category, articles: list[Revision]) -> list[str]:
    """What articles are about: their most frequent tags that tell more than the category's name.

    A tag that leads to another category is left to that one.
    """
    name = category.name(context.lang()).casefold()
    elsewhere = {w for c in help_.categories.all() if c is not category for w in c.words}
    counts: dict[str, int] = {}
    for tag in (tag for revision in articles for tag in revision.content.tags):
        folded = tag.casefold()
        own = folded in category.words or folded not in elsewhere
        if own and not tag.isdigit() and folded not in name and name not in folded:
            counts[tag] = counts.get(tag, 0) + 1
    return sorted(counts, key=lambda tag: -counts[tag])[:_EXAMPLES]


def category_link(category: Category) -> dict[str, Any]:
    """Name and path of a category."""
    return {
        "slug": category.slug,
        "name": category.name(context.lang()),
        "url": help_links.page("category", slug=category.slug),
    }


def category(help_: HelpCentre, found: Category) -> dict[str, Any] | None:
    """A category with its articles by kind; None when it holds none.

    Articles in another language than the reader's stand apart, in `others`.
    """
    articles = help_.shelf().by_category.get(found.slug, ())
    if not articles:
        return None
    lang = of_tag(context.lang())
    own = [listed(help_, r) for r in articles if language_of(r) == lang]
    sections_ = [
        {"kind": kind.value, "articles": [a for a in own if a["kind"] == kind.value]}
        for kind in _KIND_ORDER
    ]
    return {
        **category_link(found),
        "sections": [section for section in sections_ if section["articles"]],
        "others": [listed(help_, r) for r in articles if language_of(r) != lang],
    }


def listed(help_: HelpCentre, revision: Revision) -> dict[str, Any]:
    """An article as a line of a list."""
    return {
        "id": revision.entry_id,
        "title": revision.content.title,
        "kind": revision.content.kind.value,
        "lang": revision.content.lang,
        "url": help_links.page("article", entry_id=revision.entry_id),
        **validity(help_, revision),
    }


def validity(help_: HelpCentre, revision: Revision) -> dict[str, Any]:
    """Since when (`since`) an article holds, its last day or moment (`until`), in words."""
    span = help_.knowledge.span(revision.entry_id)
    zone = context.services().settings.site_tz
    return {
        "since": _day(span.start) if span and span.start else "",
        "until": last_moment(span.end, zone) if span and span.end else "",
    }


def article(help_: HelpCentre, revision: Revision) -> dict[str, Any]:
    """Everything on the page of an article but what a vote needs."""
    content = revision.content
    categories = help_.shelf().categories_of.get(revision.entry_id, ())
    path = help_links.page("article", entry_id=revision.entry_id, lang=None)
    address = help_links.absolute(path)
    span = help_.knowledge.span(revision.entry_id)
    ahead = help_.knowledge.change_ahead(revision.entry_id)
    trail = [(texts_for(context.lang())("help.title"), help_links.absolute("/help"))]
    for first in categories[:1]:
        above = help_links.page("category", slug=first.slug, lang=None)
        trail.append((first.name(context.lang()), help_links.absolute(above)))
    return {
        **listed(help_, revision),
        "canonical": address,
        "html": Markup(article_html(help_, revision)),
        "contents": _contents(content.body),
        "updated": _day(revision.published_at) if revision.published_at else "",
        "changes": _day(ahead) if ahead else "",
        "categories": [category_link(each) for each in categories],
        "related": [listed(help_, r) for r in help_.related(revision)],
        "summary": summary(content.body),
        "data": help_structured_data.article(
            revision,
            address=address,
            since=span.start if span else None,
            until=span.end if span else None,
            trail=trail,
        ),
    }


def mapped(help_: HelpCentre) -> list[dict[str, str]]:
    """All articles for search engines: path without a language, and the day of the last change."""
    return [
        {
            "path": help_links.page("article", entry_id=revision.entry_id, lang=None),
            "changed": _day(revision.published_at) if revision.published_at else "",
        }
        for revision in help_.knowledge.articles()
    ]


def article_html(help_: HelpCentre, revision: Revision) -> str:
    """The answer as safe HTML; links to what is not public are plain text."""

    def link(entry_id: str, anchor: str) -> str:
        path = help_.knowledge.link(entry_id)
        if path is None:
            return ""
        path = help_links.carried(path)
        return f"{path}#{quote(anchor)}" if anchor else path

    picture = help_.images.shown_under(IMAGES)
    name = f"{revision.entry_id} {revision.number} {help_links.explicit_lang()}"
    return help_.pages.get(
        help_.knowledge.version(),
        name,
        lambda: render_html(revision.content.body, link=link, picture=picture),
    )


def summary(body: str) -> str:
    """The beginning of a text on one line, for descriptions."""
    text = " ".join(as_text(body).split())
    return text if len(text) <= _SUMMARY else text[: _SUMMARY - 1] + "…"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(context.services().settings.site_tz):%Y-%m-%d}"


@lru_cache(_KEPT)
def _contents(body: str) -> tuple[dict[str, object], ...]:
    found: tuple[dict[str, object], ...] = tuple(
        {"level": len(section.path), "anchor": section.anchor, "text": section.path[-1]}
        for section in sections(body)
        if section.path
    )
    return found if len(found) >= _CONTENTS_FROM else ()
