"""News about entries as JSON: one line each, and nothing of text the caller may not read."""

from __future__ import annotations

from datetime import datetime

from assistant.catalogue import Catalogue
from assistant.shift.differences import Difference, difference
from assistant.shift.happenings import Happening, What
from assistant.web import context, labels, messages
from assistant.web.change_responses import MovedOut, NewsOut, ReplacedBy
from assistant.web.former import once_open
from kb.clock import spoken_local
from kb.model import Revision

_LONGEST = 60  # characters of a sentence in a summary
_MOST_FIGURES = 3  # in a summary; `numbers` has them all


def news(catalogue: Catalogue, happening: Happening) -> NewsOut | None:
    """One row, or None when the caller may know nothing of it.

    What was open to the caller may be named after it was withdrawn, since it was read before.
    """
    revision, what = happening.revision, happening.what
    before, after = once_open(happening.before), once_open(happening.after)
    if not once_open(revision):
        if before is None:
            return None
        # Open until now and hidden since: for this reader that is the end of it.
        revision, what, before, after = before, What.WITHDRAWN, before, None
    elif what is What.CHANGED and before is None:
        what = What.PUBLISHED  # hidden until now: to this reader it is new
    told = _difference(what, before, after)
    entry = catalogue.entries[revision.entry_id]
    replaced = _replaced_by(catalogue, happening.by)
    return {
        "entry_id": entry.id,
        "what": what.value,
        "at": context.moment_json(happening.at),
        "title": revision.content.title,
        "kind": entry.kind.value,
        "risk": revision.content.risk,
        "revision": revision.number,
        "previous": before.number if before and before is not revision else None,
        "starts": context.moment_json(happening.starts),
        "summary": _summary(what, happening, before, after, told, replaced),
        "numbers": _numbers(told),
        "replaced_by": replaced,
        "state": labels.state_of(catalogue, entry.id),
        "url": labels.entry_url(entry.id) if labels.visible_entry(entry) else "",
    }


def _difference(what: What, before: Revision | None, after: Revision | None) -> Difference:
    if before is None or after is None or what is What.EXPIRED:
        return Difference()
    return difference(before.content.body, after.content.body)


def _numbers(told: Difference) -> list[MovedOut]:
    return [
        {"before": moved.before, "after": moved.after, "sentence": moved.sentence}
        for moved in told.moved
    ]


def _replaced_by(catalogue: Catalogue, entry_id: str) -> ReplacedBy | None:
    entry = catalogue.entries.get(entry_id) if entry_id else None
    shown = labels.representative(catalogue, entry) if entry else None
    if entry is None or shown is None:
        return None
    return {"entry_id": entry.id, "title": shown.content.title, "url": labels.entry_url(entry.id)}


def _summary(
    what: What,
    happening: Happening,
    before: Revision | None,
    after: Revision | None,
    told: Difference,
    replaced: ReplacedBy | None,
) -> str:
    lang = context.lang()
    if what is What.EXPIRED:
        key = "news_replaced" if replaced else "news_expired"
        return messages.detail(key, lang, title=replaced["title"] if replaced else "")
    changed = _changed(before, after, told) if before and after else ""
    if what is What.WITHDRAWN:
        key = "news_restored" if after else "news_withdrawn"
        return _joined(messages.detail(key, lang, number=after.number if after else 0), changed)
    if happening.starts:
        starts = messages.detail("news_from", lang, starts=_day(happening.starts))
        return _joined(starts, changed)
    opening = {What.PUBLISHED: "news_published", What.STARTED: "news_started"}.get(what)
    return _joined(messages.detail(opening, lang) if opening else "", changed)


def _changed(before: Revision, after: Revision, told: Difference) -> str:
    """What differs in the text, in one line; the figures first."""
    lang = context.lang()
    if told.moved:
        shown = [f"{m.before} → {m.after}" for m in told.moved[:_MOST_FIGURES]]
        more = len(told.moved) - len(shown)
        listed = ("; " if lang == "en" else "；").join(shown)
        return messages.detail("news_more", lang, listed=listed, count=more) if more else listed
    for key, sentences in (
        ("news_reworded", [new for _old, new in told.reworded]),
        ("news_added", told.added),
        ("news_removed", told.removed),
    ):
        if sentences:
            return messages.detail(key, lang, sentence=_short(sentences[0]))
    if before.content.title != after.content.title:
        return f"{_short(before.content.title)} → {_short(after.content.title)}"
    if before.valid_until != after.valid_until:
        until = _day(after.valid_until) if after.valid_until else "—"
        return messages.detail("news_until", lang, until=until)
    return messages.detail("news_form", lang)


def _joined(opening: str, changed: str) -> str:
    if not opening or not changed:
        return opening or changed
    return f"{opening}: {changed}" if context.lang() == "en" else f"{opening}：{changed}"


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= _LONGEST else sentence[: _LONGEST - 1] + "…"


def _day(moment: datetime) -> str:
    return spoken_local(moment, context.services().settings.site_tz)
