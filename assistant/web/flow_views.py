"""Flows and tables by scenario as JSON, as far as the caller may see what they name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from assistant.catalogue import Catalogue
from assistant.flows.model import Branch, Flow, Note, Step, Target, TargetKind
from assistant.flows.scenarios import Table, has_scenarios, scenarios_of
from assistant.flows.telling import summing, told
from assistant.replies.tables import load_tables
from assistant.replies.vocabulary import Vocabulary
from assistant.web import labels
from assistant.web.flow_responses import (
    FlowBranchOut,
    FlowEntryOut,
    FlowNoteOut,
    FlowOut,
    FlowStepOut,
    FlowTargetOut,
    ScenariosOut,
    ScenarioTableOut,
)
from assistant.web.rendering import body_html
from kb.model import Audience, Revision


def flow_out(
    catalogue: Catalogue, revision: Revision, flow: Flow, as_of: datetime | None
) -> FlowOut:
    """A flow; branches to entries that the caller may not know of are left out."""
    content = revision.content
    in_force = _in_force(catalogue, revision, as_of)
    tellable = in_force and content.audience is Audience.CUSTOMER
    words = summing(content.lang)
    return {
        "entry_id": revision.entry_id,
        "revision": revision.number,
        "title": content.title,
        "kind": content.kind.value,
        "lang": content.lang,
        "audience": content.audience.value,
        "url": labels.entry_url(revision.entry_id, revision.number),
        "freshness": labels.freshness_of_revision(catalogue, revision.entry_id, revision.number),
        "in_force": in_force,
        "tellable": tellable,
        "wording": {
            "tried": words.tried,
            "colon": words.colon,
            "solved": words.solved,
            "unsolved": words.unsolved,
        },
        "intro": body_html(flow.intro) if flow.intro else "",
        "start": flow.start,
        "steps": [_step(catalogue, step, content.lang, tellable=tellable) for step in flow.steps],
        "alternatives": list(flow.alternatives),
        "notes": [_note(revision, note) for note in flow.notes],
    }


def scenarios_out(
    catalogue: Catalogue,
    revision: Revision,
    question: str,
    as_of: datetime | None,
    data: Path,
) -> ScenariosOut:
    """The tables by scenario of a revision, rows that fit the question marked."""
    content = revision.content
    found = scenarios_of(content, question, _vocabulary(data)) if has_scenarios(content) else ()
    return {
        "entry_id": revision.entry_id,
        "revision": revision.number,
        "title": content.title,
        "url": labels.entry_url(revision.entry_id, revision.number),
        "freshness": labels.freshness_of_revision(catalogue, revision.entry_id, revision.number),
        "tellable": _in_force(catalogue, revision, as_of) and content.audience is Audience.CUSTOMER,
        "tables": [_table(table) for table in found],
    }


@lru_cache(maxsize=8)
def _vocabulary(data: Path) -> Vocabulary:
    """The company's words as the composer of this process reads them: once."""
    return Vocabulary.from_words(load_tables(data).words)


def _in_force(catalogue: Catalogue, revision: Revision, as_of: datetime | None) -> bool:
    current = catalogue.in_force(revision.entry_id, as_of)
    return current is not None and current.number == revision.number


def _step(catalogue: Catalogue, step: Step, lang: str, *, tellable: bool) -> FlowStepOut:
    words = told(step, lang) if tellable else None
    return {
        "id": step.id,
        "kind": step.kind.value,
        "number": step.number,
        "of": step.of,
        "title": step.title,
        "section": step.section,
        "html": body_html(step.text) if step.text else "",
        "say": words.text if words else "",
        "quotes": list(words.quotes) if words else [],
        "branches": list(_branches(catalogue, step.branches)),
        "next": step.next,
    }


def _branches(catalogue: Catalogue, branches: Iterable[Branch]) -> Iterable[FlowBranchOut]:
    for branch in branches:
        entry = _entry(catalogue, branch.target)
        if branch.target.kind is TargetKind.ENTRY and entry is None:
            continue
        target: FlowTargetOut = {
            "kind": branch.target.kind.value,
            "step": branch.target.step,
            "entry": entry,
        }
        yield {
            "condition": branch.condition,
            "advice": branch.advice,
            "quote": branch.quote,
            "target": target,
        }


def _entry(catalogue: Catalogue, target: Target) -> FlowEntryOut | None:
    """The entry that a branch leads to, if the caller may know of it."""
    found = labels.related(catalogue, (target.entry_id,)) if target.entry_id else []
    if not found:
        return None
    anchor = f"#{quote(target.anchor)}" if target.anchor else ""
    return {
        "id": found[0]["id"],
        "title": found[0]["title"],
        "url": f"{found[0]['url']}{anchor}",
    }


def _note(revision: Revision, note: Note) -> FlowNoteOut:
    url = labels.entry_url(revision.entry_id, revision.number)
    return {"title": note.title, "url": f"{url}#{quote(note.anchor)}"}


def _table(table: Table) -> ScenarioTableOut:
    return {
        "heading": table.heading,
        "columns": list(table.columns),
        "rows": [
            {
                "cells": list(row.cells),
                "text": row.text,
                "quotes": list(row.quotes),
                "fits": row.fits,
            }
            for row in table.rows
        ],
    }
