"""Impacts, questions, hit tests and runs as JSON, as the caller may see them."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.catalogue import Catalogue
from assistant.impact.contradictions import Contradiction
from assistant.impact.dependents import Dependent
from assistant.impact.duplicates import Duplicate
from assistant.impact.model import Outcome, Question, SavedQuestion
from assistant.impact.previews import Impact
from assistant.impact.proposals import NEW
from assistant.impact.runs import Change, Comparison, HitRow, HitRun
from assistant.web import context, labels
from assistant.web.impact_responses import (
    ClashOut,
    ComparisonOut,
    DuplicateOut,
    EffectOut,
    HitRowOut,
    HitRunOut,
    ImpactOut,
    LeaderOut,
    MarkedOut,
    QuestionOut,
    RunChangeOut,
)
from indexer.what_if import Leader
from kb.model import Revision


def impact(found: Impact, catalogue: Catalogue, took_ms: float) -> ImpactOut:
    """An impact; what the caller may not know of is left out."""
    effects = found.effects
    dependents = [one for one in found.dependents if _known(catalogue, one)]
    marked = [one for one in dependents if one.touched.marked]
    return {
        "took_ms": round(took_ms, 1),
        "generation": found.state,
        "as_of": context.moment_json(found.as_of),
        "questions": {
            "total": effects.total,
            "unchanged": effects.unchanged,
            "gained": [effect(catalogue, one) for one in effects.gained],
            "lost": [effect(catalogue, one) for one in effects.lost],
            "swapped": [effect(catalogue, one) for one in effects.swapped],
        },
        "must_hit_broken": [effect(catalogue, one) for one in effects.broken],
        "blocked": found.blocked,
        "duplicates": [
            _duplicate(one)
            for one in found.duplicates
            if _readable(catalogue, one.revision.entry_id)
        ],
        "conflicts": [
            _clash(one) for one in found.contradictions if _readable(catalogue, one.other.entry_id)
        ],
        "marked": [_marked(catalogue, one) for one in marked],
        "to_look_at": len(dependents) - len(marked),
        "unresolved": [
            {"field": one.field, "target": one.target, "why": one.why} for one in found.unresolved
        ],
        "timings": {stage: round(seconds * 1000, 1) for stage, seconds in found.timings.items()},
    }


def effect(catalogue: Catalogue, outcome: Outcome) -> EffectOut:
    """A question with what answers it before and after."""
    asked = outcome.asked
    return {
        "question_id": asked.id,
        "text": asked.question.text,
        "source": asked.source,
        "must_hit": asked.must_hit,
        "audience": asked.question.audience.value,
        "as_of": context.moment_json(asked.question.as_of),
        "before": leader(catalogue, outcome.before) if outcome.before else None,
        "after": leader(catalogue, outcome.after) if outcome.after else None,
        "expects": _expects(catalogue, asked.question),
        "titles": _titles(catalogue, asked.question),
    }


def leader(catalogue: Catalogue, found: Leader) -> LeaderOut:
    """An entry that answers; one that the caller may not know of has no name."""
    entry = catalogue.entries.get(found.entry_id)
    if entry is None:  # proposed, or gone since: there is no page of it
        entry_id = "" if found.entry_id == NEW else found.entry_id
        return _named(found, entry_id, found.title, "")
    if not labels.visible_entry(entry):
        return _named(found, "", "", "")
    number = found.revision if entry.revision(found.revision) else None
    return _named(found, found.entry_id, found.title, labels.entry_url(entry.id, number))


def _named(found: Leader, entry_id: str, title: str, url: str) -> LeaderOut:
    return {
        "entry_id": entry_id,
        "revision": found.revision,
        "title": title,
        "url": url,
        "confidence": round(found.confidence, 4),
    }


def question(catalogue: Catalogue, saved: SavedQuestion) -> QuestionOut:
    """A saved question."""
    asked = saved.question
    return {
        "id": saved.id,
        "text": asked.text,
        "as_of": context.moment_json(asked.as_of),
        "audience": asked.audience.value,
        "channel": asked.channel.value if asked.channel else None,
        "expects": _expects(catalogue, asked),
        "titles": _titles(catalogue, asked),
        "must_hit": saved.must_hit,
        "source": saved.source,
        "version": saved.version,
        "updated_by": saved.updated_by,
        "updated_at": context.moment_json(saved.updated_at),
    }


def run(found: HitRun) -> HitRunOut:
    """A run with its figures."""
    return {
        "id": found.id,
        "name": found.name,
        "at": context.moment_json(found.at),
        "by": found.by,
        "generation": found.generation,
        "total": found.total,
        "judged": found.judged,
        "hit1": found.hit1,
        "hit3": found.hit3,
        "answered": found.answered,
        "mrr": found.mrr,
    }


def row(catalogue: Catalogue, found: HitRow) -> HitRowOut:
    """A question of a run."""
    asked = found.question
    return {
        "number": found.number,
        "text": asked.text,
        "as_of": context.moment_json(asked.as_of),
        "audience": asked.audience.value,
        "channel": asked.channel.value if asked.channel else None,
        "expects": _expects(catalogue, asked),
        "titles": _titles(catalogue, asked),
        "answered": found.answered,
        "any_answers": found.any_answers,
        "rank": found.rank,
        "top": [leader(catalogue, one) for one in found.top],
    }


def comparison(
    catalogue: Catalogue, before: HitRun, after: HitRun, found: Comparison
) -> ComparisonOut:
    """What changed between two runs."""
    return {
        "better": [_change(catalogue, one) for one in found.better],
        "worse": [_change(catalogue, one) for one in found.worse],
        "moved": [_change(catalogue, one) for one in found.moved],
        "same": found.same,
        "only_before": found.only_before,
        "only_after": found.only_after,
        "figures": {"before": run(before), "after": run(after)},
    }


def _change(catalogue: Catalogue, found: Change) -> RunChangeOut:
    return {
        "text": found.after.question.text,
        "expects": _expects(catalogue, found.after.question),
        "why": found.why,
        "before": row(catalogue, found.before),
        "after": row(catalogue, found.after),
    }


def _duplicate(found: Duplicate) -> DuplicateOut:
    return {
        **_place(found.revision),  # type: ignore[typeddict-item]  # the first four fields
        "what": found.what,
        "similarity": found.similarity,
        "quote": found.quote,
        "mine": found.mine,
    }


def _clash(found: Contradiction) -> ClashOut:
    return {
        **_place(found.other),  # type: ignore[typeddict-item]  # the first four fields
        "mine": found.mine,
        "theirs": found.theirs,
        "what": [found.my_words, found.their_words],
        "disagree_in": found.kind.removeprefix("term:"),
        "new": found.new,
    }


def _place(revision: Revision) -> Mapping[str, str]:
    return {
        "entry_id": revision.entry_id,
        "title": revision.content.title,
        "url": labels.entry_url(revision.entry_id, revision.number),
        "kind": revision.content.kind.value,
    }


def _marked(catalogue: Catalogue, found: Dependent) -> MarkedOut:
    touched, reply = found.touched, found.reply
    entry = None if reply else catalogue.entries.get(touched.entry_id)
    repeated = touched.repeated[0] if touched.repeated else None
    owner = (reply.draft.team or reply.owner) if reply else ""
    return {
        "entry_id": touched.entry_id,
        "kind": touched.kind.value,
        "title": found.revision.content.title,
        "url": None if reply else labels.entry_url(touched.entry_id, touched.revision),
        "owner": entry.stewardship.owner if entry else owner,
        "scope": reply.draft.scope.value if reply else "company",
        "why": [tie.value for tie in touched.ties],
        "sentence": touched.sentence,
        "proposed": repeated.proposal if repeated else None,
    }


def _known(catalogue: Catalogue, found: Dependent) -> bool:
    return found.reply is not None or _readable(catalogue, found.touched.entry_id)


def _readable(catalogue: Catalogue, entry_id: str) -> bool:
    return labels.visible_entry(catalogue.entries.get(entry_id))


def _expects(catalogue: Catalogue, asked: Question) -> list[str]:
    return labels.names(catalogue, asked.expects)


def _titles(catalogue: Catalogue, asked: Question) -> dict[str, str]:
    """Titles of the expected entries that the caller may know of, by id."""
    known = ((each, catalogue.entries.get(each)) for each in asked.expects)
    shown = {each: labels.representative(catalogue, entry) for each, entry in known if entry}
    return {each: revision.content.title for each, revision in shown.items() if revision}
