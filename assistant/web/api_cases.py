"""API: the case of a contact, prefilled, saved as a draft and handed in."""

from __future__ import annotations

from assistant.accounts.policy import Action
from assistant.cases.model import Basis, CaseDraft, CaseFields
from assistant.catalogue import Catalogue
from assistant.web import context, labels
from assistant.web.case_requests import CaseIn
from assistant.web.case_responses import CaseBasisOut, CaseOut
from assistant.web.contact_requests import NothingIn
from assistant.web.routing import Reply, Routes
from assistant.web.versions import expected_version

routes = Routes()


@routes.post("/contacts/<contact_id>/case", Action.CASES_WRITE, body=NothingIn, returns=CaseOut)
def draft_case(contact_id: str, body: NothingIn) -> Reply:
    """Prefill a case from a contact, or give the one saved last; nothing is stored."""
    return _told(context.services().cases.draft(contact_id, context.principal()))


@routes.put("/contacts/<contact_id>/case", Action.CASES_WRITE, body=CaseIn, returns=CaseOut)
def save_case(contact_id: str, body: CaseIn) -> Reply:
    """Save the case of a contact as a draft; with `submit` hand it in for review."""
    draft, new = context.services().cases.save(
        contact_id, _fields(body), context.principal(), expected_version(), submit=body.submit
    )
    reply = _told(draft)
    return Reply(reply.body, 201 if new else 200, reply.headers)


def _fields(body: CaseIn) -> CaseFields:
    return CaseFields(
        title=body.title.strip(),
        scene=body.scene,
        cause=body.cause,
        handling=body.handling,
        policy_basis=body.policy_basis,
        outcome=body.outcome,
        lang=body.lang,
        tags=tuple(dict.fromkeys(body.tags)),
        products=tuple(dict.fromkeys(body.products)),
        rests_on=tuple(dict.fromkeys(body.rests_on)),
    )


def _told(draft: CaseDraft) -> Reply:
    catalogue = context.services().catalogue.current()
    fields, saved = draft.fields, draft.saved
    told: CaseOut = {
        "contact_id": draft.contact_id,
        "title": fields.title,
        "scene": fields.scene,
        "cause": fields.cause,
        "handling": fields.handling,
        "policy_basis": fields.policy_basis,
        "outcome": fields.outcome,
        "lang": fields.lang,
        "tags": list(fields.tags),
        "products": list(fields.products),
        "rests_on": list(fields.rests_on),
        "basis": [_basis(catalogue, rule) for rule in draft.basis],
        "entry": {
            "id": saved.entry_id,
            "revision": saved.revision,
            "status": saved.status.value,
            "version": saved.version,
        }
        if saved
        else None,
    }
    return Reply(told, headers={"ETag": f'"{saved.version}"'} if saved else {})


def _basis(catalogue: Catalogue, rule: Basis) -> CaseBasisOut:
    return {
        "entry_id": rule.entry_id,
        "revision": rule.revision,
        "title": rule.title,
        "quotes": list(rule.quotes),
        "source": rule.source.value,
        "freshness": labels.freshness_of_revision(catalogue, rule.entry_id, rule.revision),
        "url": labels.entry_url(rule.entry_id, rule.revision),
    }
