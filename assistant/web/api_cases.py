"""API: the case of a contact, prefilled, saved and handed in; and what supervisors do with it."""

from __future__ import annotations

from assistant.accounts.policy import Action
from assistant.cases.model import CaseDraft, CaseFields
from assistant.cases.reviews import CaseReviews
from assistant.impact.proposals import Step
from assistant.web import case_views, context
from assistant.web.api_impact import passed
from assistant.web.case_requests import CaseIn, CaseNoteIn, CasePublishIn, CaseReturnIn, CaseRuleIn
from assistant.web.case_responses import CaseBasisOut, CaseOut, CaseReviewOut, CaseRowsOut
from assistant.web.contact_requests import NothingIn
from assistant.web.lookup import known_entry
from assistant.web.requests import NoQuery
from assistant.web.routing import Reply, Routes
from assistant.web.versions import expected_version

routes = Routes()
_REVIEW = "/cases/<entry_id>/review"


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


@routes.post(
    "/contacts/<contact_id>/case/rules", Action.CASES_WRITE, body=CaseRuleIn, returns=CaseBasisOut
)
def word_case_rule(contact_id: str, body: CaseRuleIn) -> CaseBasisOut:
    """Word a rule for the case of a contact, with the sentences that fit; nothing is stored."""
    cases, caller = context.services().cases, context.principal()
    basis, text = cases.rule(contact_id, body.entry_id, caller, body.lang)
    return case_views.basis_out(basis, text)


@routes.get("/cases/waiting", Action.ENTRIES_REVIEW, query=NoQuery, returns=CaseRowsOut)
def list_waiting_cases(query: NoQuery) -> CaseRowsOut:
    """List the cases that wait for a supervisor, the longest waiting first."""
    return case_views.rows_out(_reviews().waiting(context.principal()))


@routes.get("/cases/mine", Action.CASES_WRITE, query=NoQuery, returns=CaseRowsOut)
def list_my_cases(query: NoQuery) -> CaseRowsOut:
    """List the cases that the caller wrote, last touched first."""
    return case_views.rows_out(_reviews().written_by(context.principal().name))


@routes.get(_REVIEW, Action.ENTRIES_REVIEW, query=NoQuery, returns=CaseReviewOut)
def review_case(entry_id: str, query: NoQuery) -> Reply:
    """Read a case with the conversation behind it."""
    return _read(entry_id)


@routes.post(f"{_REVIEW}/note", Action.ENTRIES_REVIEW, body=CaseNoteIn, returns=CaseReviewOut)
def add_policy_note(entry_id: str, body: CaseNoteIn) -> Reply:
    """Write the policy note into a case; somebody else approves it then."""
    known_entry(entry_id)
    _reviews().add_note(entry_id, body.policy_note, context.principal(), expected_version())
    return _read(entry_id)


@routes.post(
    f"{_REVIEW}/publish", Action.ENTRIES_PUBLISH, body=CasePublishIn, returns=CaseReviewOut
)
def publish_case(entry_id: str, body: CasePublishIn) -> Reply:
    """Approve exactly what was read and put it in force, unless questions break.

    Nobody approves their own.
    """
    known_entry(entry_id)
    _reviews().publish(
        entry_id,
        body.content_hash,
        context.principal(),
        expected_version(),
        check=lambda revision: passed(revision, Step.PUBLISH, body.override),
    )
    return _read(entry_id)


@routes.post(f"{_REVIEW}/return", Action.ENTRIES_REVIEW, body=CaseReturnIn, returns=CaseReviewOut)
def return_case(entry_id: str, body: CaseReturnIn) -> Reply:
    """Send a case back to its author with a comment."""
    known_entry(entry_id)
    _reviews().send_back(entry_id, body.comment, context.principal(), expected_version())
    return _read(entry_id)


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
    headers = {"ETag": f'"{draft.saved.version}"'} if draft.saved else {}
    return Reply(case_views.case_out(draft), headers=headers)


def _read(entry_id: str) -> Reply:
    known_entry(entry_id)
    review = _reviews().read(entry_id, context.principal())
    version = review.row.entry.version
    return Reply(case_views.review_out(review), headers={"ETag": f'"{version}"'})


def _reviews() -> CaseReviews:
    return context.services().cases.reviews
