"""API: past cases like the conversation at hand."""

from __future__ import annotations

from assistant.accounts.policy import Action
from assistant.cases.similar import SimilarCase, similar
from assistant.catalogue import Catalogue
from assistant.web import context, labels
from assistant.web.moments import parse_moment
from assistant.web.routing import Routes
from assistant.web.similar_case_models import SimilarCaseOut, SimilarCasesOut, SimilarIn

routes = Routes()


# The customer's words are no part of an address: those end up in logs.
@routes.post("/cases/similar", Action.SEARCH, body=SimilarIn, returns=SimilarCasesOut)
def similar_cases(body: SimilarIn) -> SimilarCasesOut:
    """Past cases that fit what a customer said."""
    services = context.services()
    catalogue = services.catalogue.current()
    found = similar(
        [text for text in body.messages if text.strip()],
        context.principal(),
        search=services.searcher.search,
        catalogue=catalogue,
        as_of=parse_moment(body.as_of, "as_of"),
        limit=body.limit,
    )
    return {
        "cases": [_case_out(catalogue, case) for case in found.cases],
        "reliable": found.reliable,
        "degraded": found.degraded,
    }


def _case_out(catalogue: Catalogue, case: SimilarCase) -> SimilarCaseOut:
    hit, fields = case.hit, case.fields
    return {
        "entry_id": hit.entry_id,
        "revision": hit.revision,
        "title": fields.title,
        "scene": fields.scene,
        "cause": fields.cause,
        "handling": [line for line in fields.handling.split("\n") if line.strip()],
        "policy_basis": fields.policy_basis,
        "outcome": fields.outcome,
        "lesson": case.lesson,
        "rules": labels.related(catalogue, fields.rests_on),
        "matched": {
            "field": hit.matched.field,
            "text": hit.matched.text,
            "terms": list(hit.matched.terms),
        },
        "confidence": round(hit.confidence, 4),
        "freshness": labels.freshness_of_revision(catalogue, hit.entry_id, hit.revision),
        "effective": labels.effective(hit.effective_from, hit.effective_until),
        "url": labels.entry_url(hit.entry_id, hit.revision),
        "lang": hit.lang,
    }
