"""The writing page of the desk: a new entry, or a new draft of one that exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPMethod
from typing import Any

from flask import render_template, request

from assistant.accounts.policy import Action
from assistant.accounts.roles import Role
from assistant.catalogue import Catalogue
from assistant.web import context, entry_views, history_views, labels, product_names
from assistant.web.lookup import known_entry, known_revision
from kb.clock import format_local
from kb.errors import NotFound
from kb.model import Audience, Channel, Kind, Revision
from kb.revising import head
from kb.validation import LANGUAGES, MAX_LINE

_MOST_KNOWN = 500  # words of one field that are offered while typing
_REVIEWERS = frozenset({Role.REVIEWER, Role.ADMIN})


def routes() -> list[tuple[str, str, list[str], Action, Callable[..., object]]]:
    """Name, path, methods, action and view of each page, for `pages.mount`."""
    get = [HTTPMethod.GET.value]
    return [
        ("write", "/desk/entries/new", get, Action.ENTRIES_WRITE, write),
        ("edit", "/desk/entries/<entry_id>/edit", get, Action.ENTRIES_WRITE, edit),
    ]


def write() -> str:
    """An empty page to write a new entry on; `kind` and `title` may be given in the address."""
    kind = request.args.get("kind", "")
    return _page(
        {
            "id": "",
            "version": 0,
            "base": 0,
            "content": {
                "kind": kind if kind in set(Kind) else "",
                "title": request.args.get("title", "")[:MAX_LINE].strip(),
                "body": "",
            },
            "stewardship": {"owner": "", "reviewer": "", "review_every": 180},
            "latest": None,
            "related": [],
        }
    )


def edit(entry_id: str) -> str:
    """The newest revision of an entry, or the one named by `revision`, to be written on."""
    catalogue, entry = known_entry(entry_id)
    wanted = request.args.get("revision", "")
    if wanted:
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
            raise NotFound(wanted)
        shown = known_revision(entry, int(wanted))
    else:
        shown = head(entry)
    steward = entry.stewardship
    return _page(
        {
            "id": entry.id,
            "version": entry.version,
            "base": shown.number,
            "content": _content(catalogue, shown),
            "stewardship": {
                "owner": steward.owner,
                "reviewer": steward.reviewer,
                "review_every": steward.review_every,
            },
            "latest": entry_views.revision_row(catalogue, shown),
            "related": labels.related(
                catalogue, (*shown.content.depends_on, *shown.content.supersedes)
            ),
        },
        history_views.sent_back(entry, shown),
    )


def _page(writing: dict[str, Any], sent_back: history_views.Happening | None = None) -> str:
    """The page for what is `writing`; the script fills the form from the same data.

    `sent_back` tells who wants it changed and why.
    """
    services = context.services()
    catalogue = services.catalogue.current()
    return render_template(
        "editor.html",
        writing={
            **writing,
            "me": context.principal().name,
            "now": context.moment_json(services.clock()),
            "known": _known(catalogue),
        },
        sent_back=sent_back,
        kinds=[kind.value for kind in Kind],
        audiences=[audience.value for audience in Audience],
        channels=[channel.value for channel in Channel],
        languages=LANGUAGES,
    )


def _content(catalogue: Catalogue, shown: Revision) -> dict[str, Any]:
    """The content as the form holds it: its times are local, and as exact as they are."""
    zone = context.services().settings.site_tz
    times = {
        name: format_local(moment, zone) if moment else ""
        for name, moment in (
            ("effective_from", shown.content.effective_from),
            ("effective_until", shown.content.effective_until),
        )
    }
    return {**entry_views.content_out(catalogue, shown), **times}


def _known(catalogue: Catalogue) -> dict[str, Any]:
    """What entries already say in fields with free words, most used first; names of products."""
    newest = [labels.representative(catalogue, each) for each in catalogue.entries.values()]
    contents = [revision.content for revision in newest if revision]
    keepers = [entry.stewardship for entry in catalogue.entries.values()]
    people = [p.name for p in context.services().accounts.people.list() if p.role in _REVIEWERS]
    names = product_names.names()
    used = _by_use(product for content in contents for product in content.products)
    return {
        "tags": _by_use(tag for content in contents for tag in content.tags),
        "products": [*used, *(product for product in names if product not in used)],
        "product_names": names,
        "owners": _by_use(keeper.owner for keeper in keepers),
        "reviewers": _by_use([*(keeper.reviewer for keeper in keepers), *people]),
    }


def _by_use(words: Iterable[str]) -> list[str]:
    return [word for word, _ in Counter(filter(None, words)).most_common(_MOST_KNOWN)]
