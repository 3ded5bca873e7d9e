"""What supervisors do with cases: read one, add the policy note, put it in force, or send it back.

The knowledge base's rules decide: an approval holds for one content, and nobody approves what they
wrote. A note is content; so whoever adds it leaves the approval to somebody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import Principal
from assistant.cases.basis import rules_named, with_note
from assistant.cases.body import body, fields_of
from assistant.cases.model import Basis, CaseFields, Returned
from assistant.cases.prefilling import without_names
from assistant.catalogue import CatalogueKeeper
from assistant.contacts.contacts import Contacts
from assistant.contacts.model import Contact, Message
from assistant.insights.masking import mask
from kb.errors import InvalidInput, NotAllowed, NotFound, Problem
from kb.knowledge import KnowledgeBase
from kb.lifecycle import is_author
from kb.model import Entry, Kind, Revision, Status

PREFIX = "case-"  # of the ids of cases that were written from a contact
_WAITING = (Status.IN_REVIEW, Status.APPROVED)
_MOST = 200


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list: its newest revision, and how its author got it back, if so."""

    entry: Entry
    newest: Revision
    returned: Returned | None = None

    @property
    def contact_id(self) -> str:
        """The contact that it was written from; empty for a case written otherwise."""
        return self.entry.id.removeprefix(PREFIX) if self.entry.id.startswith(PREFIX) else ""


@dataclass(frozen=True, slots=True)
class CaseReview:
    """A case as its reviewer reads it; `messages` are empty when the contact is gone."""

    row: CaseRow
    fields: CaseFields
    basis: tuple[Basis, ...]
    contact: Contact | None
    messages: tuple[Message, ...]


class CaseReviews:
    """Takes handed-in cases on.

    Args:
        kb: Where cases are entries.
        catalogue: The picture that lists are read from.
        contacts: Where conversations are.
    """

    def __init__(self, kb: KnowledgeBase, catalogue: CatalogueKeeper, contacts: Contacts) -> None:
        self._kb = kb
        self._catalogue = catalogue
        self._contacts = contacts

    def waiting(self, principal: Principal, *, newest: bool = True) -> list[CaseRow]:
        """Cases whose newest revision waits for a reviewer, the longest waiting first.

        Without `newest` a picture some moments old will do.
        """
        rows = [
            row for row in self._rows(principal, newest=newest) if row.newest.status in _WAITING
        ]
        return sorted(rows, key=lambda row: row.newest.submitted_at or row.newest.created_at)

    def written_by(self, author: str) -> list[CaseRow]:
        """Cases that a person wrote a revision of, last touched first, at most 200."""
        entries = self._catalogue.current(own_write=True).entries.values()
        own = [
            entry
            for entry in entries
            if entry.kind is Kind.CASE and any(is_author(r, author) for r in entry.revisions)
        ]
        own.sort(key=lambda entry: entry.revisions[-1].created_at, reverse=True)
        return [CaseRow(e, e.revisions[-1], self.returned(e)) for e in own[:_MOST]]

    def read(self, entry_id: str, principal: Principal) -> CaseReview:
        """One case with the conversation behind it; NotFound when it is no case of theirs."""
        entry = self._entry(entry_id, principal)
        row = CaseRow(entry, entry.revisions[-1], self.returned(entry))
        contact, messages = self._conversation(row.contact_id, principal)
        fields = fields_of(row.newest.content)
        basis = rules_named(fields, self._catalogue.current(), principal)
        return CaseReview(row, fields, basis, contact, messages)

    def add_note(
        self, entry_id: str, note: str, principal: Principal, expected_version: int | None = None
    ) -> None:
        """Write the policy note into a case and hand it in for somebody else to approve.

        The revision it was added to is withdrawn. The same note again changes nothing.

        Raises:
            NotAllowed: The case does not wait for a reviewer.
            Conflict: It is at another version.
        """
        entry = self._entry(entry_id, principal)
        before = self._waits(entry)
        fields = fields_of(before.content)
        contact, _messages = self._conversation(entry_id.removeprefix(PREFIX), principal)
        masked = without_names(note, contact, fields.lang) if contact else mask(note)
        changed = replace(fields, policy_basis=with_note(fields, masked.replace("\r\n", "\n")))
        content = replace(before.content, body=body(changed))
        version = entry.version if expected_version is None else expected_version
        after = self._kb.edit(entry_id, content, principal.name, version)
        newest = after.revisions[-1]
        if newest.number == before.number:
            return
        self._kb.submit(entry_id, newest.number, principal.name)
        self._kb.withdraw(entry_id, before.number, principal.name, f"goes on as r{newest.number}")

    def publish(
        self,
        entry_id: str,
        content_hash: str,
        principal: Principal,
        expected_version: int | None = None,
        *,
        check: Callable[[Revision], Mapping[str, object]] | None = None,
    ) -> None:
        """Approve exactly the content that was read, and put it in force.

        `check` sees the revision before anything is written; it raises what forbids the step, and
        gives what the audit log notes of the publication.

        Raises:
            NotAllowed: They wrote it, or it is not the content that was read.
            Conflict: It is at another version.
        """
        entry = self._entry(entry_id, principal)
        newest = self._waits(entry)
        if newest.content_hash != content_hash:
            raise NotAllowed(f"the content of {entry_id} is not the one that was read")
        if newest.status is Status.IN_REVIEW and is_author(newest, principal.name):
            raise NotAllowed(f"{principal.name} wrote this case; somebody else has to approve it")
        told = check(newest) if check else None
        version = expected_version
        if newest.status is Status.IN_REVIEW:
            approved = self._kb.approve(
                entry_id, newest.number, principal.name, version, content_hash
            )
            version = approved.version
        self._kb.publish(entry_id, newest.number, principal.name, version, detail=told)

    def send_back(
        self, entry_id: str, comment: str, principal: Principal, expected_version: int | None = None
    ) -> None:
        """Give a case back to who wrote it, saying what to change.

        Raises:
            InvalidInput: There is no comment.
            NotAllowed: The case does not wait for a reviewer.
            Conflict: It is at another version.
        """
        if not comment.strip():
            raise InvalidInput([Problem("", 0, "comment", "is missing")])
        entry = self._entry(entry_id, principal)
        newest = self._waits(entry)
        said = mask(comment.strip())
        self._kb.reject(entry_id, newest.number, principal.name, said, expected_version)

    def returned(self, entry: Entry) -> Returned | None:
        """How a case came back to its author; None when it did not, or was handed in again."""
        if entry.revisions[-1].status is not Status.DRAFT:
            return None
        author = entry.revisions[-1].author
        for row in reversed(self._kb.audit(entry.id)):
            if row.action == "submit":
                return None
            if row.action == "reject" and row.actor != author:
                return Returned(row.actor, str(row.detail.get("note", "")), row.at)
        return None

    def _rows(self, principal: Principal, *, newest: bool) -> list[CaseRow]:
        entries = self._catalogue.current(own_write=newest).entries.values()
        return [
            CaseRow(entry, entry.revisions[-1])
            for entry in entries
            if entry.kind is Kind.CASE
            and authorise(principal, Action.ENTRIES_READ, entry.revisions[-1])
        ]

    def _entry(self, entry_id: str, principal: Principal) -> Entry:
        entry = self._kb.entry(entry_id)
        readable = authorise(principal, Action.ENTRIES_READ, entry.revisions[-1])
        if entry.kind is not Kind.CASE or not readable:
            raise NotFound(entry_id)
        return entry

    def _conversation(
        self, contact_id: str, principal: Principal
    ) -> tuple[Contact | None, tuple[Message, ...]]:
        try:
            seen, messages, _position = self._contacts.get(contact_id, principal)
        except NotFound:  # forgotten after its time, or never one of ours
            return None, ()
        return seen.contact, tuple(messages)

    @staticmethod
    def _waits(entry: Entry) -> Revision:
        newest = entry.revisions[-1]
        if newest.status not in _WAITING:
            raise NotAllowed(f"{entry.id} is {newest.status}; it does not wait for a reviewer")
        return newest
