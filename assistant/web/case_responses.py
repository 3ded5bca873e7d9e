"""Answers about cases written from a contact, and about those that wait for a supervisor."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from assistant.web.contact_responses import ContactMessageOut
from assistant.web.responses import FreshnessOut


class CaseBasisOut(TypedDict):
    """A rule behind the handling: `adopted` with a reply, `found` by a search, or `kept`.

    `text` is its paragraph in the policy part; empty when that says nothing of it.
    """

    entry_id: str
    revision: int
    title: str
    quotes: list[str]
    text: str
    source: str
    freshness: FreshnessOut
    url: str


class CaseEntryOut(TypedDict):
    """Where the case stands in the knowledge base."""

    id: str
    revision: int
    status: str
    version: int


class CaseReturnedOut(TypedDict):
    """A supervisor sent the case back."""

    by: str
    comment: str
    at: str | None


class MaskedOut(TypedDict):
    """How often one kind of personal data was replaced: email, mobile, identity, card, order."""

    kind: str
    count: int


class CaseOut(TypedDict):
    """A case: prefilled from the conversation (then `entry` is null), or as saved last.

    `product_names` are the names of its products by id, as far as they are known;
    `policy_note` is what the policy part says beside the paragraphs of its rules; `returned` is set
    when a supervisor sent the case back; `masked` counts what was replaced in its texts.
    """

    contact_id: str
    title: str
    scene: str
    cause: str
    handling: str
    policy_basis: str
    outcome: str
    lang: str
    tags: list[str]
    products: list[str]
    product_names: dict[str, str]
    rests_on: list[str]
    basis: list[CaseBasisOut]
    policy_note: str
    masked: list[MaskedOut]
    entry: CaseEntryOut | None
    returned: CaseReturnedOut | None


class CaseRowOut(TypedDict):
    """A case in a list. `own` when the caller wrote its newest revision: others approve it."""

    id: str
    contact_id: str
    title: str
    scene: str
    author: str
    status: str
    revision: int
    version: int
    own: bool
    submitted_at: str | None
    changed_at: str | None
    returned: CaseReturnedOut | None
    url: str


class CaseRowsOut(TypedDict):
    """Cases."""

    cases: list[CaseRowOut]


class CaseReviewOut(TypedDict):
    """A case as its reviewer reads it, with the conversation; approving needs `content_hash`.

    `messages` are empty when the contact was deleted after its time.
    """

    row: CaseRowOut
    case: CaseOut
    content_hash: str
    channel: str
    started_at: str | None
    messages: list[ContactMessageOut]
