"""Freshness as the caller may read it: in the right language, without naming hidden entries."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache

from flask import request, url_for

from assistant.accounts.policy import Action
from assistant.catalogue import Catalogue
from assistant.web import context, messages
from assistant.web.entry_responses import RelatedOut
from assistant.web.responses import Effective, FreshnessOut, ReasonOut
from kb.clock import spoken_local
from kb.freshness import Freshness, Reason, State
from kb.model import Entry, Revision
from kb.validation import ID as ENTRY_ID

_CURRENT = Freshness(State.CURRENT, ())


def entry_url(entry_id: str, revision: int | None = None) -> str:
    """The address of the reader page."""
    return _entry_url(request.script_root, entry_id, revision)


@lru_cache(maxsize=16_384)
def _entry_url(root: str, entry_id: str, revision: int | None) -> str:
    """Addresses start with `root`, where the service is mounted; all else is the same for ever."""
    return url_for("pages.entry", entry_id=entry_id, revision=revision)


def effective(start: datetime | None, end: datetime | None) -> Effective:
    """A half-open interval of valid time."""
    return {"from": context.moment_json(start), "until": context.moment_json(end)}


def freshness(catalogue: Catalogue, entry_id: str) -> FreshnessOut:
    """How fresh an entry is now."""
    found = catalogue.freshness.get(entry_id, _CURRENT)
    reasons = [reason(catalogue, entry_id, each) for each in found.reasons]
    return {"state": found.state.value, "reasons": reasons}


def freshness_of_revision(catalogue: Catalogue, entry_id: str, number: int) -> FreshnessOut:
    """How fresh one revision is now: another one in force makes this one old or early."""
    current = catalogue.in_force(entry_id)
    if current is None or current.number == number:
        return freshness(catalogue, entry_id)
    later = [s.start for s in catalogue.spans(entry_id, number) if s.start]
    if later and min(later) > catalogue.at:
        since = spoken_local(min(later), context.services().settings.site_tz)
        message = messages.detail("later_revision", context.lang(), shown=number, since=since)
        return _single(State.NOT_YET_EFFECTIVE, message, entry_id, min(later))
    if not context.allowed(Action.ENTRIES_READ, current):
        return _single(
            State.SUPERSEDED, messages.detail("reason_hidden", context.lang()), entry_id, None
        )
    replaced = messages.detail(
        "newer_revision", context.lang(), shown=number, current=current.number
    )
    return _single(State.SUPERSEDED, replaced, entry_id, current.valid_from)


def state_of(catalogue: Catalogue, entry_id: str) -> str:
    """The state of an entry now, as a word for code."""
    return catalogue.freshness.get(entry_id, _CURRENT).state.value


def visible_entry(entry: Entry | None) -> bool:
    """Whether the caller may know of this entry; an absent one is as good as forbidden."""
    return entry is not None and context.allowed(Action.ENTRIES_READ, entry)


def visible_revisions(entry: Entry) -> tuple[Revision, ...]:
    """The revisions of an entry that the caller may read, ascending by number."""
    return tuple(r for r in entry.revisions if context.allowed(Action.ENTRIES_READ, r))


def representative(
    catalogue: Catalogue, entry: Entry, as_of: datetime | None = None
) -> Revision | None:
    """The revision to show for an entry: the one in force, else the newest the caller may read.

    None when the caller may read none.
    """
    current = catalogue.in_force(entry.id, as_of)
    visible = visible_revisions(entry)
    if current is not None:
        for revision in visible:
            if revision.number == current.number:
                return revision
    return visible[-1] if visible else None


def related(catalogue: Catalogue, ids: tuple[str, ...]) -> list[RelatedOut]:
    """The entries among `ids` that the caller may know of."""
    found: list[RelatedOut] = []
    for entry_id in ids:
        entry = catalogue.entries.get(entry_id)
        revision = representative(catalogue, entry) if entry else None
        if entry is None or revision is None:
            continue
        found.append(
            {
                "id": entry.id,
                "title": revision.content.title,
                "kind": entry.kind.value,
                "url": entry_url(entry.id),
                "state": state_of(catalogue, entry.id),
            }
        )
    return found


def names(catalogue: Catalogue, ids: tuple[str, ...]) -> list[str]:
    """Those of `ids` that the caller may know of; dangling ones only for who can mend them."""
    return [i for i in ids if visible_entry(catalogue.entries.get(i)) or _back_office()]


def title_of(catalogue: Catalogue, entry_id: str, number: int) -> str:
    """The title of a revision that the caller was already allowed to see, or an empty string."""
    entry = catalogue.entries.get(entry_id)
    revision = entry.revision(number) if entry else None
    return revision.content.title if revision else ""


def reason(catalogue: Catalogue, entry_id: str, found: Reason) -> ReasonOut:
    """One reason of an entry's freshness; what the caller may not know is not named in it."""
    lang = context.lang()
    message = found.message(lang)
    refs = list(found.refs)
    named = (*refs, *ENTRY_ID.findall(message))
    if not _back_office() and (
        any(_hidden(catalogue, entry_id, name) for name in named)
        or any(not _readable(catalogue, *quoted) for quoted in found.quotes)
    ):
        message, refs = messages.detail("reason_hidden", lang), []
    else:
        message = _with_titles(catalogue, message, lang)
    return {
        "state": found.state.value,
        "message": message,
        "refs": refs,
        "at": context.moment_json(found.at),
    }


def _with_titles(catalogue: Catalogue, message: str, lang: str) -> str:
    """The message with titles, which people know, in place of ids, which machines know."""

    def title(found: re.Match[str]) -> str:
        entry = catalogue.entries.get(found[0])
        shown = representative(catalogue, entry) if entry else None
        if shown is None:
            return found[0]
        return f"“{shown.content.title}”"

    named = ENTRY_ID.sub(title, message)
    return named if lang == "en" else named.replace(" “", "“").replace("” ", "”")


def _hidden(catalogue: Catalogue, entry_id: str, name: str) -> bool:
    """Whether a name in a reason is another entry that the caller may not know of."""
    other = catalogue.entries.get(name)
    return name != entry_id and other is not None and not visible_entry(other)


def _readable(catalogue: Catalogue, entry_id: str, number: int) -> bool:
    """Whether the caller may read a revision whose words a reason quotes."""
    entry = catalogue.entries.get(entry_id)
    return entry is not None and any(r.number == number for r in visible_revisions(entry))


def _back_office() -> bool:
    """Whether the caller writes entries: who keeps links right must be told which are wrong."""
    return context.allowed(Action.ENTRIES_WRITE)


def _single(state: State, message: str, ref: str, at: datetime | None) -> FreshnessOut:
    reason: ReasonOut = {
        "state": state.value,
        "message": message,
        "refs": [ref],
        "at": context.moment_json(at),
    }
    return {"state": state.value, "reasons": [reason]}
