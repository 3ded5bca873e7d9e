"""Cases as JSON: as their author writes them, in lists, and as their reviewer reads them."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.cases.basis import policy_part
from assistant.cases.body import fields_of
from assistant.cases.model import Basis, CaseDraft, CaseFields, Returned
from assistant.cases.reviews import CaseReview, CaseRow
from assistant.insights.masking import LABELS
from assistant.web import contact_views, context, labels, product_names
from assistant.web.case_responses import (
    CaseBasisOut,
    CaseEntryOut,
    CaseOut,
    CaseReturnedOut,
    CaseReviewOut,
    CaseRowOut,
    CaseRowsOut,
    MaskedOut,
)
from kb.lifecycle import is_author

_EXCERPT = 120


def case_out(draft: CaseDraft) -> CaseOut:
    """A case with its rules and how far it got."""
    fields, saved = draft.fields, draft.saved
    entry: CaseEntryOut | None = None
    if saved:
        entry = {
            "id": saved.entry_id,
            "revision": saved.revision,
            "status": saved.status.value,
            "version": saved.version,
        }
    return _case(draft.contact_id, fields, draft.basis, entry, draft.returned)


def rows_out(rows: Iterable[CaseRow]) -> CaseRowsOut:
    """A list of cases."""
    return {"cases": [_row(row) for row in rows]}


def review_out(review: CaseReview) -> CaseReviewOut:
    """A case with the conversation behind it."""
    row, newest = review.row, review.row.newest
    entry: CaseEntryOut = {
        "id": row.entry.id,
        "revision": newest.number,
        "status": newest.status.value,
        "version": row.entry.version,
    }
    tz = context.services().settings.site_tz
    contact = review.contact
    return {
        "row": _row(row),
        "case": _case(row.contact_id, review.fields, review.basis, entry, row.returned),
        "content_hash": newest.content_hash,
        "channel": contact.channel.value if contact else "",
        "started_at": context.moment_json(contact.created_at) if contact else None,
        "messages": [
            contact_views.message_out(row.contact_id, message, tz) for message in review.messages
        ],
    }


def _case(
    contact_id: str,
    fields: CaseFields,
    basis: Iterable[Basis],
    entry: CaseEntryOut | None,
    returned: Returned | None,
) -> CaseOut:
    part = policy_part(fields.policy_basis, fields.rests_on)
    return {
        "contact_id": contact_id,
        "title": fields.title,
        "scene": fields.scene,
        "cause": fields.cause,
        "handling": fields.handling,
        "policy_basis": fields.policy_basis,
        "outcome": fields.outcome,
        "lang": fields.lang,
        "tags": list(fields.tags),
        "products": list(fields.products),
        "product_names": product_names.named(fields.products),
        "rests_on": list(fields.rests_on),
        "basis": [basis_out(rule, part.rules.get(rule.entry_id, "")) for rule in basis],
        "policy_note": part.note,
        "masked": _masked(fields),
        "entry": entry,
        "returned": _returned(returned),
    }


def basis_out(rule: Basis, text: str) -> CaseBasisOut:
    """A rule of a case, with its paragraph in the policy part."""
    catalogue = context.services().catalogue.current()
    return {
        "entry_id": rule.entry_id,
        "revision": rule.revision,
        "title": rule.title,
        "quotes": list(rule.quotes),
        "text": text,
        "source": rule.source.value,
        "freshness": labels.freshness_of_revision(catalogue, rule.entry_id, rule.revision),
        "url": labels.entry_url(rule.entry_id, rule.revision),
    }


def _masked(fields: CaseFields) -> list[MaskedOut]:
    texts = (fields.title, fields.scene, fields.cause, fields.handling, fields.policy_basis,
             fields.outcome)  # fmt: skip
    counts = {kind: sum(text.count(label) for text in texts) for label, kind in LABELS.items()}
    return [{"kind": kind, "count": count} for kind, count in counts.items() if count]


def _row(row: CaseRow) -> CaseRowOut:
    newest = row.newest
    scene = " ".join(fields_of(newest.content).scene.split())
    return {
        "id": row.entry.id,
        "contact_id": row.contact_id,
        "title": newest.content.title,
        "scene": scene if len(scene) <= _EXCERPT else scene[: _EXCERPT - 1] + "…",
        "author": newest.author,
        "status": newest.status.value,
        "revision": newest.number,
        "version": row.entry.version,
        "own": is_author(newest, context.principal().name),
        "submitted_at": context.moment_json(newest.submitted_at),
        "changed_at": context.moment_json(newest.created_at),
        "returned": _returned(row.returned),
        "url": labels.entry_url(row.entry.id),
    }


def _returned(returned: Returned | None) -> CaseReturnedOut | None:
    if returned is None:
        return None
    at = context.moment_json(returned.at)
    return {"by": returned.by, "comment": returned.comment, "at": at}
