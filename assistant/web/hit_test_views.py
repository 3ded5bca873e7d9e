"""A hit test as JSON, a run as lines of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.accounts.policy import Action
from assistant.catalogue import Catalogue
from assistant.impact.hit_tests import Filtered, HitTest, Reason
from assistant.impact.runs import HitRow
from assistant.web import context, impact_views, labels, messages
from assistant.web.impact_responses import FilteredOut, HitTestOut, TestedHitOut
from indexer.search import Hit
from kb.clock import spoken_local

_HEADERS = {
    "zh-CN": ("问题", "期望条目", "按日期", "读者", "渠道", "已回答", "命中名次"),
    "en": ("question", "expects", "as_of", "audience", "channel", "answered", "hit_rank"),
}
_TOP = {"zh-CN": ("第{}条", "第{}条标题", "第{}条把握"), "en": ("top{}", "title{}", "confidence{}")}
_SHOWN = 3


def hit_test(found: HitTest, took_ms: float) -> HitTestOut:
    """A hit test; what the caller may not know of is left out."""
    catalogue = context.services().catalogue.current()
    response = found.response
    visible = [
        hit for hit in response.hits if labels.visible_entry(catalogue.entries.get(hit.entry_id))
    ]
    return {
        "answerable": response.answerable,
        "any_answers": round(response.any_answers, 4),
        "threshold": round(found.threshold, 4),
        "read_as": response.corrected,
        "as_of": context.moment_json(found.request.as_of),
        "results": [_hit(catalogue, rank, hit) for rank, hit in enumerate(visible, 1)],
        "filtered": [
            _filtered(catalogue, one)
            for one in found.filtered
            if context.allowed(Action.ENTRIES_READ, one.revision)
        ],
        "generation": response.generation,
        "degraded": response.degraded,
        "took_ms": round(took_ms, 1),
    }


def _hit(catalogue: Catalogue, rank: int, hit: Hit) -> TestedHitOut:
    return {
        "rank": rank,
        "entry_id": hit.entry_id,
        "revision": hit.revision,
        "kind": hit.kind.value,
        "title": hit.title,
        "url": labels.entry_url(hit.entry_id, hit.revision),
        "snippet": hit.snippet,
        "heading": hit.heading,
        "confidence": round(hit.confidence, 4),
        "scores": {name: round(float(value), 4) for name, value in hit.score_parts.items()},
        "matched": [
            {
                "field": hit.matched.field,
                "text": hit.matched.text,
                "terms": list(hit.matched.terms),
            }
        ],
        "freshness": labels.freshness_of_revision(catalogue, hit.entry_id, hit.revision),
        "effective": labels.effective(hit.effective_from, hit.effective_until),
        "audience": hit.audience.value,
    }


def _filtered(catalogue: Catalogue, found: Filtered) -> FilteredOut:
    revision = found.revision
    return {
        "entry_id": revision.entry_id,
        "revision": revision.number,
        "kind": revision.content.kind.value,
        "title": revision.content.title,
        "url": labels.entry_url(revision.entry_id, revision.number),
        "reason": found.reason.value,
        "detail": _detail(catalogue, found),
        "confidence": round(found.confidence, 4),
        "would_rank": found.would_rank,
    }


def _detail(catalogue: Catalogue, found: Filtered) -> str:
    lang, content = context.lang(), found.revision.content
    tz = context.services().settings.site_tz
    day = spoken_local(found.at, tz) if found.at else ""
    name, number = found.by
    if found.reason is Reason.SUPERSEDED and name == found.revision.entry_id:
        return messages.detail("filtered_newer", lang, number=number, day=day)
    if found.reason is Reason.SUPERSEDED:
        entry = catalogue.entries.get(name)
        title = labels.title_of(catalogue, name, number) if labels.visible_entry(entry) else ""
        return messages.detail("filtered_superseded", lang, title=title or name, day=day)
    values = {
        "day": day,
        "audience": messages.word(content.audience.value, lang),
        "kind": messages.word(content.kind.value, lang),
        "channels": messages.listed([channel.value for channel in content.channels], lang),
    }
    return messages.detail(f"filtered_{found.reason.value}", lang, **values)


def lines(rows: Sequence[HitRow], catalogue: Catalogue, lang: str) -> Iterator[Sequence[str]]:
    """A run as a table, header first."""
    lang = lang if lang in _HEADERS else "en"
    tops = [name.format(at) for at in range(1, _SHOWN + 1) for name in _TOP[lang]]
    yield (*_HEADERS[lang], *tops)
    for row in rows:
        shown = impact_views.row(catalogue, row)
        cells = [
            shown["text"],
            " ".join(shown["expects"]),
            shown["as_of"] or "",
            shown["audience"],
            shown["channel"] or "",
            messages.word("yes" if row.answered else "no", lang),
            str(row.rank or ""),
        ]
        for top in shown["top"][:_SHOWN]:
            cells += [top["entry_id"], top["title"], f"{top['confidence']:.3f}"]
        yield cells + [""] * (len(_HEADERS[lang]) + 3 * _SHOWN - len(cells))
