"""The rules by which a revision moves: draft → in review → approved → published → withdrawn.

Pure functions: each takes a revision and gives the moved one, or raises NotAllowed saying why.
Approval holds for one content hash and nobody approves their own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kb.errors import NotAllowed
from kb.model import Revision, Status

STEPS: dict[str, frozenset[Status]] = {
    "submit": frozenset({Status.DRAFT}),
    "approve": frozenset({Status.IN_REVIEW}),
    "reject": frozenset({Status.IN_REVIEW, Status.APPROVED}),
    "publish": frozenset({Status.APPROVED}),
    "withdraw": frozenset({Status.DRAFT, Status.IN_REVIEW, Status.APPROVED, Status.PUBLISHED}),
    "discard": frozenset({Status.DRAFT, Status.IN_REVIEW, Status.APPROVED}),
}


def allowed_steps(revision: Revision, actor: str = "") -> tuple[str, ...]:
    """The steps open to `revision`, and to `actor` as far as authorship decides."""
    return tuple(
        step
        for step, statuses in STEPS.items()
        if revision.status in statuses and _fits(step, is_author(revision, actor))
    )


def _fits(step: str, own: bool) -> bool:
    """Nobody approves their own, and nobody but its author discards a revision."""
    return {"approve": not own, "discard": own}.get(step, True)


def is_author(revision: Revision, actor: str) -> bool:
    """Whether `actor` wrote `revision`."""
    return same_person(revision.author, actor)


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's: capitals and outer space make no other person."""
    return one.strip().casefold() == other.strip().casefold()


def submit(revision: Revision, actor: str, now: datetime) -> Revision:
    """Put a draft up for review."""
    _expect(revision, "submit")
    return replace(revision, status=Status.IN_REVIEW, submitted_at=now)


def approve(revision: Revision, actor: str, now: datetime, content_hash: str) -> Revision:
    """Approve exactly the content with `content_hash`, as somebody other than its author."""
    _expect(revision, "approve")
    if is_author(revision, actor):
        raise NotAllowed(f"{actor} wrote {_name(revision)}; somebody else has to approve it")
    if content_hash != revision.content_hash:
        raise NotAllowed(f"the content of {_name(revision)} is not the one that was reviewed")
    _expect_whole(revision)
    return replace(revision, status=Status.APPROVED, approved_by=actor, approved_at=now)


def reject(revision: Revision, actor: str, now: datetime) -> Revision:
    """Send a revision back to its author as a draft; an approval is gone with it."""
    _expect(revision, "reject")
    return replace(
        revision, status=Status.DRAFT, submitted_at=None, approved_by="", approved_at=None
    )


def publish(revision: Revision, actor: str, now: datetime) -> Revision:
    """Put an approved revision on record; from when it holds, its own dates say."""
    _expect(revision, "publish")
    _expect_whole(revision)
    if not revision.approved_by or is_author(revision, revision.approved_by):
        raise NotAllowed(f"{_name(revision)} lacks the approval of somebody else")
    return replace(revision, status=Status.PUBLISHED, published_at=now)


def withdraw(revision: Revision, actor: str, now: datetime) -> Revision:
    """Take a revision back for good; an earlier one may come into force again."""
    _expect(revision, "withdraw")
    return replace(revision, status=Status.WITHDRAWN, withdrawn_at=now)


def discard(revision: Revision, actor: str, now: datetime) -> Revision:
    """Take one's own revision back that was never published."""
    _expect(revision, "discard")
    if not is_author(revision, actor):
        raise NotAllowed(f"only {revision.author}, who wrote {_name(revision)}, can discard it")
    return withdraw(revision, actor, now)


def _expect(revision: Revision, step: str) -> None:
    if revision.status not in STEPS[step]:
        wanted = " or ".join(sorted(status.value for status in STEPS[step]))
        raise NotAllowed(
            f"{_name(revision)} is {revision.status}; to {step} it, it must be {wanted}"
        )


def _expect_whole(revision: Revision) -> None:
    if revision.content.digest() != revision.content_hash:
        raise NotAllowed(f"the stored content of {_name(revision)} does not match its hash")


def _name(revision: Revision) -> str:
    return f"{revision.entry_id} r{revision.number}"
