"""Search results and suggested replies as JSON, each with its freshness."""

from __future__ import annotations

from time import perf_counter

from assistant.catalogue import Catalogue
from assistant.flows import flow_of
from assistant.flows.scenarios import has_scenarios
from assistant.replies.model import Clarify, Evidence, Sentence, Suggestion, SuggestResponse
from assistant.risk.plain import as_json, handover_json
from assistant.web import context, labels
from assistant.web.answer_responses import (
    ClarifyOut,
    EvidenceOut,
    HitOut,
    SearchOut,
    SentenceOut,
    SuggestionOut,
    SuggestOut,
)
from assistant.web.responses import Effective
from indexer.search import Hit, SearchResponse


def search_out(response: SearchResponse, started: float) -> SearchOut:
    """A search response; `started` is the `perf_counter` reading when the request came in."""
    catalogue = context.services().catalogue.current()
    return {
        "results": [_hit(catalogue, hit) for hit in response.hits],
        "context_used": list(response.context_used),
        "corrected": response.corrected,
        "answerable": response.answerable,
        "confidence": round(response.confidence, 4),
        "degraded": response.degraded,
        "generation": response.generation,
        "took_ms": _milliseconds(started),
        "timings": {stage: round(spent, 3) for stage, spent in response.timings.items()},
    }


def suggest_out(response: SuggestResponse, started: float) -> SuggestOut:
    """Suggestions with everything the console shows beside them."""
    catalogue = context.services().catalogue.current()
    found = response.search
    return {
        "suggestions": [_suggestion(catalogue, s) for s in response.suggestions],
        "clarify": _clarify(response.clarify),
        "risk": as_json(response.risk),
        "handover": handover_json(response.handover),
        "results": [_hit(catalogue, hit) for hit in found.hits],
        "context_used": list(found.context_used),
        "corrected": found.corrected,
        "unanswered": list(response.unanswered),
        "answerable": found.answerable,
        "generation": found.generation,
        "degraded": found.degraded,
        "took_ms": _milliseconds(started),
    }


def _hit(catalogue: Catalogue, hit: Hit) -> HitOut:
    return {
        "entry_id": hit.entry_id,
        "revision": hit.revision,
        "kind": hit.kind.value,
        "title": hit.title,
        "snippet": hit.snippet,
        "heading": hit.heading,
        "confidence": round(hit.confidence, 4),
        "matched": {
            "field": hit.matched.field,
            "text": hit.matched.text,
            "terms": list(hit.matched.terms),
        },
        "freshness": labels.freshness_of_revision(catalogue, hit.entry_id, hit.revision),
        "effective": labels.effective(hit.effective_from, hit.effective_until),
        "url": labels.entry_url(hit.entry_id, hit.revision),
        "audience": hit.audience.value,
        "lang": hit.lang,
        "flow": _has_flow(catalogue, hit.entry_id, hit.revision),
        "scenarios": _has_scenarios(catalogue, hit.entry_id, hit.revision),
        "score_parts": {name: round(float(part), 4) for name, part in hit.score_parts.items()},
    }


def _suggestion(catalogue: Catalogue, suggestion: Suggestion) -> SuggestionOut:
    entry_id, number = suggestion.entry_id, suggestion.revision
    entry = catalogue.entries.get(entry_id)
    return {
        "text": suggestion.text,
        "sentences": [_sentence(catalogue, s) for s in suggestion.sentences],
        "confidence": round(suggestion.confidence, 4),
        "entry_id": entry_id,
        "revision": number,
        "title": suggestion.title,
        "kind": entry.kind.value if entry else "",
        "lang": suggestion.lang,
        "freshness": labels.freshness_of_revision(catalogue, entry_id, number),
        "effective": _in_force(catalogue, entry_id, number),
        "url": labels.entry_url(entry_id, number),
        "flow": _has_flow(catalogue, entry_id, number),
        "scenarios": _has_scenarios(catalogue, entry_id, number),
        "slots_missing": list(suggestion.slots_missing),
    }


def _sentence(catalogue: Catalogue, sentence: Sentence) -> SentenceOut:
    return {
        "text": sentence.text,
        "part": sentence.part.value,
        "evidence": [_evidence(catalogue, evidence) for evidence in sentence.evidence],
        "slots_missing": list(sentence.slots_missing),
    }


def _evidence(catalogue: Catalogue, evidence: Evidence) -> EvidenceOut:
    entry_id, number = evidence.entry_id, evidence.revision
    return {
        "entry_id": entry_id,
        "revision": number,
        "quote": evidence.quote,
        "title": labels.title_of(catalogue, entry_id, number),
        "freshness": labels.freshness_of_revision(catalogue, entry_id, number),
        "effective": _in_force(catalogue, entry_id, number),
        "url": labels.entry_url(entry_id, number),
    }


def _has_flow(catalogue: Catalogue, entry_id: str, number: int) -> bool:
    """Whether a revision can be walked through step by step."""
    entry = catalogue.entries.get(entry_id)
    revision = entry.revision(number) if entry else None
    return revision is not None and flow_of(revision.content) is not None


def _has_scenarios(catalogue: Catalogue, entry_id: str, number: int) -> bool:
    """Whether a revision answers case by case in a table."""
    entry = catalogue.entries.get(entry_id)
    revision = entry.revision(number) if entry else None
    return revision is not None and has_scenarios(revision.content)


def _in_force(catalogue: Catalogue, entry_id: str, number: int) -> Effective:
    """From when until when a revision is the one in force."""
    spans = catalogue.spans(entry_id, number)
    return labels.effective(spans[0].start if spans else None, spans[-1].end if spans else None)


def _clarify(clarify: Clarify | None) -> ClarifyOut | None:
    if clarify is None:
        return None
    return {
        "question": clarify.question,
        "options": [
            {"text": option.text, "entry_id": option.entry_id, "revision": option.revision}
            for option in clarify.options
        ],
    }


def _milliseconds(started: float) -> float:
    return round((perf_counter() - started) * 1000, 2)
