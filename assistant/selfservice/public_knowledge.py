"""What everybody may read: the customers' articles that are in force at this moment.

The only way from public pages and the widget to the knowledge base. What is kept for staff, was
withdrawn, is not in force yet or never existed is absent here, all in the same way.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic

from assistant.catalogue import Catalogue, CatalogueKeeper
from assistant.replies.language import of_tag
from indexer.text import normalise
from kb.clock import Clock
from kb.errors import NotFound
from kb.images import REFERENCE
from kb.model import Audience, Kind, Revision
from kb.validity import Span

ARTICLES = frozenset({Kind.POLICY, Kind.GUIDE, Kind.FAQ})
CUSTOMERS = frozenset({Audience.CUSTOMER})
_USAGE_SECONDS = 300.0  # how often the most used questions are counted again

Usage = Callable[[], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A way to ask for an article: its title or one of its questions; `normal` for comparing."""

    entry_id: str
    text: str
    normal: str


@dataclass(frozen=True, slots=True)
class _Picture:
    """The public articles between two moments, between which nothing begins or ends.

    It stands for one catalogue (`of`); `images` are the names of all pictures they show.
    """

    of: Catalogue
    since: datetime | None
    until: datetime | None
    articles: Mapping[str, Revision]
    spans: Mapping[str, Span]
    images: frozenset[str]
    questions: tuple[Asked, ...]
    version: str

    def holds(self, catalogue: Catalogue, now: datetime) -> bool:
        return (
            self.of is catalogue
            and (self.since is None or self.since <= now)
            and (self.until is None or now < self.until)
        )


def article_path(entry_id: str) -> str:
    """Where an article stands in the help centre if it is public."""
    return f"/help/articles/{entry_id}"


def _no_usage() -> Mapping[str, int]:
    """Nothing is known of what is used."""
    return {}


class PublicKnowledge:
    """Public articles: policies, guides and FAQs for customers, each in its revision in force.

    Safe to share between threads.

    Args:
        catalogue: The picture of the whole knowledge base.
        clock: The present moment; validity is decided at it, not when the picture was taken.
        usage: Uses per entry lately, for the order of the most asked questions.
    """

    def __init__(self, catalogue: CatalogueKeeper, clock: Clock, usage: Usage = _no_usage) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._usage = usage
        self._pictures: tuple[_Picture, ...] = ()  # the one made last comes first
        self._making = threading.Lock()
        self._counted: tuple[float, Mapping[str, int]] = (float("-inf"), {})
        self._counting = threading.Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """For work that looks many times: within the block nothing changes but by time."""
        with self._catalogue.held():
            yield

    def articles(self, lang: str = "") -> tuple[Revision, ...]:
        """All articles by id; with `lang` (``zh`` or ``en``) those in that language."""
        found = self._current().articles.values()
        return tuple(r for r in found if not lang or of_tag(r.content.lang) == lang)

    def article(self, entry_id: str) -> Revision | None:
        """The revision in force of a public article; None for everything else."""
        return self._current().articles.get(entry_id)

    def revision(self, entry_id: str, number: int) -> Revision:
        """That very revision, if it is the public one in force; NotFound otherwise."""
        found = self.article(entry_id)
        if found is None or found.number != number:
            raise NotFound(f"{entry_id} r{number}")
        return found

    def span(self, entry_id: str) -> Span | None:
        """Since when and until when the article in force really is the one; None: no article."""
        return self._current().spans.get(entry_id)

    def change_ahead(self, entry_id: str) -> datetime | None:
        """When another published text for customers takes over from the article in force.

        That is a later revision of it, or an article that supersedes it. None: no such change.
        """
        picture = self._current()
        span = picture.spans.get(entry_id)
        if span is None or span.end is None:
            return None
        timeline = picture.of.timeline
        ended = timeline.superseded.get(entry_id)
        heirs = [entry_id, ended.by] if ended and ended.at == span.end else [entry_id]
        coming = (timeline.at(heir, span.end) for heir in heirs)
        return span.end if any(r is not None and _is_public(r) for r in coming) else None

    def link(self, entry_id: str) -> str | None:
        """The path of an article in the help centre; None for everything that is not public."""
        return article_path(entry_id) if self.article(entry_id) else None

    def is_public_image(self, name: str) -> bool:
        """Whether an article in force shows the picture of that name."""
        return name in self._current().images

    def questions(self) -> tuple[Asked, ...]:
        """The ways to ask for every article: FAQs first, titles before other questions."""
        return self._current().questions

    def version(self) -> str:
        """A short text that changes when a public article begins, ends or changes; for caches."""
        return self._current().version

    def top_questions(self, lang: str, limit: int = 6) -> tuple[Revision, ...]:
        """The FAQs in a language (``zh`` or ``en``) that are used most, then those asked most ways.

        Of several about the same product and matter (first tag) the first counts; the others come
        after all that differ.
        """
        used = self._used()
        faqs = [r for r in self.articles(lang) if r.content.kind is Kind.FAQ]
        ranked = sorted(
            faqs,
            key=lambda r: (-used.get(r.entry_id, 0), -len(r.content.questions), r.entry_id),
        )
        seen: set[str] = set()
        first: list[Revision] = []
        rest: list[Revision] = []
        for revision in ranked:
            matter = next(iter(revision.content.tags), revision.entry_id)
            (rest if matter in seen else first).append(revision)
            seen.add(matter)
        return tuple((first + rest)[:limit])

    def _current(self) -> _Picture:
        catalogue, now = self._catalogue.current(), self._clock()
        found = self._known(catalogue, now)
        if found is None:
            with self._making:  # made once, however many threads find at once that it is missing
                found = self._known(catalogue, now) or self._made(catalogue, now)
        return found

    def _known(self, catalogue: Catalogue, now: datetime) -> _Picture | None:
        return next((p for p in self._pictures if p.holds(catalogue, now)), None)

    def _made(self, catalogue: Catalogue, now: datetime) -> _Picture:
        """A new picture, kept beside the last one of another catalogue.

        While a catalogue is exchanged some threads still hold the former one: with room for one
        picture alone the two kinds would take it from each other with every look.
        """
        made = _picture(catalogue, now, self._pictures[0] if self._pictures else None)
        others = [p for p in self._pictures if p.of is not catalogue]
        self._pictures = (made, *others[:1])
        return made

    def _used(self) -> Mapping[str, int]:
        with self._counting:
            at, counted = self._counted
            if monotonic() - at > _USAGE_SECONDS:
                counted = self._usage()
                self._counted = (monotonic(), counted)
            return counted


def _picture(catalogue: Catalogue, now: datetime, former: _Picture | None) -> _Picture:
    """What is public at a moment; what it shows is taken over from `former` where that is alike.

    A catalogue is renewed each minute, mostly without any change to the public articles, and
    reading through all their texts again is nearly all of the work.
    """
    articles: dict[str, Revision] = {}
    spans: dict[str, Span] = {}
    edges: list[datetime] = []
    for entry_id in sorted(catalogue.entries):
        every = catalogue.timeline.spans(entry_id)
        edges += [edge for span in every for edge in (span.start, span.end) if edge]
        revision = catalogue.timeline.at(entry_id, now)
        if revision is None or not _is_public(revision):
            continue
        articles[entry_id] = revision
        spans[entry_id] = next(span for span in every if span.holds(now))
    since = max((edge for edge in edges if edge <= now), default=None)
    until = min((edge for edge in edges if edge > now), default=None)
    if former is not None and former.articles == articles:
        return replace(former, of=catalogue, since=since, until=until, spans=spans)
    images = frozenset(
        name for revision in articles.values() for name in REFERENCE.findall(revision.content.body)
    )
    state = "\n".join(f"{r.entry_id} {r.number}" for r in articles.values())
    return _Picture(
        of=catalogue,
        since=since,
        until=until,
        articles=articles,
        spans=spans,
        images=images,
        questions=_questions(articles.values()),
        version=hashlib.sha256(state.encode()).hexdigest()[:16],
    )


def _questions(articles: Iterable[Revision]) -> tuple[Asked, ...]:
    ordered = sorted(articles, key=lambda r: r.content.kind is not Kind.FAQ)
    titles = [(r.entry_id, r.content.title) for r in ordered]
    others = [(r.entry_id, text) for r in ordered for text in r.content.questions]
    return tuple(Asked(entry_id, text, normalise(text)) for entry_id, text in titles + others)


def _is_public(revision: Revision) -> bool:
    content = revision.content
    return content.audience is Audience.CUSTOMER and content.kind in ARTICLES
