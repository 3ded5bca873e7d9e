"""The history of an entry as a reader wants it: who did what, to which version, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.accounts.policy import Action
from assistant.web import context, i18n, labels
from kb.model import Entry, Revision, Status

_SAID = ("note", "reason", "override")  # what somebody wrote with a step
_ON_THE_WAY = ("submit", "approve", "publish", "reject")
_KEPT = ("owner", "reviewer", "review_every")


@dataclass(frozen=True, slots=True)
class Happening:
    """One line: `what` is a sentence, `said` what the actor wrote with it."""

    at: str
    actor: str
    action: str
    what: str
    revision: int = 0
    said: tuple[str, ...] = ()
    override: str = ""
    facts: tuple[str, ...] = ()


def history(entry: Entry) -> list[Happening]:
    """Everything that happened to an entry, newest first.

    Who may read the audit log gets all of it; others what the versions they may read tell.
    """
    if context.allowed(Action.AUDIT_READ):
        rows = context.services().kb.audit(entry.id)
        found = [_audited(row.at, row.actor, row.action, row.revision, row.detail) for row in rows]
    else:
        found = [one for r in labels.visible_revisions(entry) for one in _told_by(r)]
        found += _sent_back(entry)
        found.sort(key=lambda one: one.at)
    return found[::-1]


def sent_back(entry: Entry, revision: Revision) -> Happening | None:
    """The step that sent a draft, or the one before it that it mends, back with its reason.

    None once it went on. Who writes is told, whoever reads the audit log: a reason is given to be
    read by the author.
    """
    if revision.status is not Status.DRAFT:
        return None
    rows = [row for row in context.services().kb.audit(entry.id) if row.action in _ON_THE_WAY]
    if not rows or rows[-1].action != "reject" or rows[-1].revision > revision.number:
        return None
    last = rows[-1]
    return _audited(last.at, last.actor, last.action, last.revision, last.detail)


def _sent_back(entry: Entry) -> list[Happening]:
    rows = [row for row in context.services().kb.audit(entry.id) if row.action == "reject"]
    return [_audited(row.at, row.actor, row.action, row.revision, row.detail) for row in rows]


def _audited(
    at: datetime, actor: str, action: str, revision: int, detail: Mapping[str, Any]
) -> Happening:
    texts = i18n.texts_for(context.lang())
    given = dict(detail)
    key = f"review.did.{action}"
    what = texts(key, **{**given, "number": revision})
    if what == key:  # an action that this page has no sentence for
        what = f"{action} {revision or ''}".strip()
    said = tuple(str(given[name]) for name in _SAID[:2] if given.get(name))
    facts = [
        f"{texts(f'review.field.{name}')} {given[name] or texts('review.nobody')}"
        for name in _KEPT
        if name in given
    ]
    if given.get("bulk"):
        facts.append(texts("review.did.bulk"))
    override = str(given.get("override") or "")
    moment = context.moment_json(at) or ""
    return Happening(moment, actor, action, what, revision, said, override, tuple(facts))


def _told_by(revision: Revision) -> list[Happening]:
    steps = (
        (revision.created_at, revision.author, "edit"),
        (revision.submitted_at, revision.author, "submit"),
        (revision.approved_at, revision.approved_by, "approve"),
        (revision.published_at, "", "publish"),
        (revision.withdrawn_at, "", "withdraw" if revision.published_at else "discard"),
    )
    return [_audited(at, who, action, revision.number, {}) for at, who, action in steps if at]
