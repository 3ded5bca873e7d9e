"""Cases as the rest of the product sees them: prefill one from a contact, save it, hand it in.

A case is an entry of kind `case` from its first saving on; its id is made of the contact's, so a
contact has one case at most. It belongs to who wrote it until a supervisor goes on with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import Principal
from assistant.cases import store
from assistant.cases.basis import rules_named
from assistant.cases.body import body, fields_of
from assistant.cases.model import Basis, CaseDraft, CaseFields, Returned, SavedAs, Source
from assistant.cases.prefilling import (
    first_question,
    is_among,
    nearest_sentence,
    prefilled,
    quotes,
    rule_paragraph,
    without_names,
)
from assistant.cases.reviews import PREFIX, CaseReviews
from assistant.catalogue import Catalogue, CatalogueKeeper
from assistant.contacts.contacts import Contacts
from assistant.contacts.model import Contact, Message, Speaker
from indexer.search import SearchRequest, SearchResponse
from kb.clock import parse_local
from kb.errors import Conflict, InvalidInput, NotAllowed, NotFound, Problem
from kb.knowledge import KnowledgeBase
from kb.lifecycle import is_author
from kb.model import Audience, Content, Entry, Kind, Revision, Status, Stewardship
from kb.sentences import split

MOST_RULES = 5
REVIEW_EVERY = 365  # days
_AFTERWARDS = timedelta(minutes=10)  # feedback may be sent shortly after the last message
_RULES = frozenset({Kind.POLICY, Kind.GUIDE, Kind.FAQ})
_LONGEST_QUESTION = 500
_NEEDED = ("scene", "cause", "handling", "outcome")  # the policy note is the supervisor's


class Cases:
    """Writes cases from contacts; `reviews` is what supervisors do with them.

    Args:
        kb: Where cases are entries.
        catalogue: The picture that rules are read from.
        contacts: Where conversations are.
        search: The product's search.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        catalogue: CatalogueKeeper,
        contacts: Contacts,
        search: Callable[[SearchRequest], SearchResponse],
    ) -> None:
        self._kb = kb
        self._catalogue = catalogue
        self._contacts = contacts
        self._search = search
        self.reviews = CaseReviews(kb, catalogue, contacts)

    def draft(self, contact_id: str, principal: Principal) -> CaseDraft:
        """The case of a contact: as saved last, else prefilled from the conversation.

        Raises NotFound for a contact not open to the caller, NotAllowed when somebody else is
        writing its case.
        """
        seen, messages, _position = self._contacts.get(contact_id, principal)
        entry = self._entry(contact_id)
        if entry is not None:
            newest = entry.revisions[-1]
            if not is_author(newest, principal.name):
                raise _taken(newest)
            fields, returned = fields_of(newest.content), self.reviews.returned(entry)
            return self._written(contact_id, fields, entry, principal, returned)
        basis = self._basis(seen.contact, messages, principal)
        day = seen.contact.created_at.astimezone(self._kb.site_tz)
        fields = prefilled(seen.contact, messages, basis, day)
        return CaseDraft(contact_id, self._labelled(fields, basis), tuple(basis))

    def rule(
        self, contact_id: str, entry_id: str, principal: Principal, lang: str
    ) -> tuple[Basis, str]:
        """A rule for the case of a contact, and its paragraph in the case's language.

        Its sentences are those that were sent, else the one nearest to what was said.

        Raises NotFound for a contact or a rule that is not open to the caller.
        """
        seen, messages, _position = self._contacts.get(contact_id, principal)
        revision = self._catalogue.current().in_force(entry_id, _as_of(seen.contact, self._kb))
        if revision is None or not authorise(principal, Action.ENTRIES_READ, revision):
            raise NotFound(entry_id)
        sent = [m.text for m in messages if m.role is Speaker.AGENT]
        every = [m.text for m in messages if m.role is not Speaker.SYSTEM]
        said = quotes(revision, sent) or nearest_sentence(revision, every)
        basis = _basis(revision, said, Source.KEPT)
        return basis, rule_paragraph(basis, lang)

    def save(
        self,
        contact_id: str,
        fields: CaseFields,
        principal: Principal,
        expected_version: int | None = None,
        *,
        submit: bool = False,
    ) -> tuple[CaseDraft, bool]:
        """Save the case as a draft entry, and hand it in for review when asked to.

        True beside it when the entry is new.

        Raises:
            NotFound: The contact is not open to the caller.
            NotAllowed: Somebody else has written the newest version, or it is beyond review.
            Conflict: It is at another version.
            InvalidInput: Naming every field that is missing or wrong.
        """
        seen, _messages, _position = self._contacts.get(contact_id, principal)
        content = self._content(self._masked(fields, seen.contact), principal, whole=submit)
        entry = self._entry(contact_id)
        if entry is None:
            keeper = Stewardship(owner=principal.name, review_every=REVIEW_EVERY)
            saved = self._kb.create(_id(contact_id), content, principal.name, keeper)
        else:
            saved = self._again(entry, content, principal, expected_version)
        newest = saved.revisions[-1]
        if submit and newest.status is Status.DRAFT:
            saved = self._kb.submit(saved.id, newest.number, principal.name, saved.version)
        return self._written(contact_id, fields_of(content), saved, principal), entry is None

    def _written(
        self,
        contact_id: str,
        fields: CaseFields,
        entry: Entry,
        principal: Principal,
        returned: Returned | None = None,
    ) -> CaseDraft:
        basis = rules_named(fields, self._catalogue.current(), principal)
        return CaseDraft(contact_id, fields, basis, _saved(entry), returned)

    # saving

    def _entry(self, contact_id: str) -> Entry | None:
        try:
            return self._kb.entry(_id(contact_id))
        except NotFound:
            return None

    def _again(
        self, entry: Entry, content: Content, principal: Principal, expected: int | None
    ) -> Entry:
        newest, actor = entry.revisions[-1], principal.name
        if not is_author(newest, actor):
            raise _taken(newest)
        if expected is not None and expected != entry.version:
            raise Conflict(f"{entry.id} was changed meanwhile", entry.version)
        if newest.status not in (Status.DRAFT, Status.IN_REVIEW):
            raise NotAllowed(f"this case is {newest.status}; change it at the desk")
        if newest.content == content:
            return entry
        if newest.status is Status.IN_REVIEW:  # taken back by its author, who goes on writing
            note = "taken back by its author"
            entry = self._kb.reject(entry.id, newest.number, actor, note, entry.version)
        return self._kb.edit(entry.id, content, actor, entry.version)

    def _masked(self, fields: CaseFields, contact: Contact) -> CaseFields:
        """The fields as they may be stored: a case tells no names and numbers of anybody."""
        clean: dict[str, Any] = {
            name: without_names(getattr(fields, name), contact, fields.lang)
            .replace("\r\n", "\n")
            .strip()
            for name in ("title", "scene", "cause", "handling", "policy_basis", "outcome")
        }
        return replace(fields, **clean)

    def _content(self, fields: CaseFields, principal: Principal, *, whole: bool) -> Content:
        problems = [
            Problem("", 0, name, "is missing")
            for name in (("title", *_NEEDED) if whole else ("title", "scene"))
            if not getattr(fields, name)
        ]
        entries = self._catalogue.current(own_write=True).entries
        problems += [
            Problem("", 0, "rests_on", f"there is no entry {entry_id!r}")
            for entry_id in fields.rests_on
            if not _open_to(principal, entries.get(entry_id))
        ]
        if problems:
            raise InvalidInput(problems)
        return Content(
            kind=Kind.CASE,
            title=fields.title,
            body=body(fields),
            lang=fields.lang,
            audience=Audience.AGENT,
            products=fields.products,
            tags=fields.tags,
            depends_on=fields.rests_on,
        )

    # prefilling

    def _basis(
        self, contact: Contact, messages: Sequence[Message], principal: Principal
    ) -> list[Basis]:
        """The rules behind what was sent; where nothing shows any, what a search finds."""
        catalogue = self._catalogue.current()
        sent = [m for m in messages if m.role is Speaker.AGENT]
        found = list(self._adopted(contact, sent, catalogue, principal)) if sent else []
        if not found:
            found = list(self._found(contact, messages, catalogue, principal))
        return found[:MOST_RULES]

    def _adopted(
        self,
        contact: Contact,
        sent: Sequence[Message],
        catalogue: Catalogue,
        principal: Principal,
    ) -> Iterable[Basis]:
        authors = {message.author for message in sent}
        until = sent[-1].at + _AFTERWARDS
        used = store.adopted(self._kb.engine, authors, contact.created_at, until)
        texts = [message.text for message in sent]
        told: set[str] = set()
        for one in used:
            entry = catalogue.entries.get(one.entry_id)
            revision = entry.revision(one.revision) if entry else None
            # The feedback names no contact: the text must have been said in this one.
            if revision is None or not (is_among(one.sent, texts) or quotes(revision, texts)):
                continue
            for rule in _rules_behind(revision, catalogue, sent[-1].at):
                if rule.entry_id not in told and authorise(principal, Action.ENTRIES_READ, rule):
                    told.add(rule.entry_id)
                    yield _basis(rule, quotes(rule, texts), Source.ADOPTED)

    def _found(
        self,
        contact: Contact,
        messages: Sequence[Message],
        catalogue: Catalogue,
        principal: Principal,
    ) -> Iterable[Basis]:
        question = first_question(messages)[:_LONGEST_QUESTION]
        if not question:
            return
        response = self._search(
            SearchRequest(
                query=question,
                limit=1,
                as_of=_as_of(contact, self._kb),
                audiences=principal.audiences,
                kinds=_RULES,
            )
        )
        for hit in response.hits if response.answerable else ():
            entry = catalogue.entries.get(hit.entry_id)
            revision = entry.revision(hit.revision) if entry else None
            if revision and authorise(principal, Action.ENTRIES_READ, revision):
                yield _basis(revision, tuple(split(hit.snippet)[:2]), Source.FOUND)

    def _labelled(self, fields: CaseFields, basis: Sequence[Basis]) -> CaseFields:
        """The fields with the tags and products of the rules."""
        entries = self._catalogue.current().entries
        revisions = [entries[rule.entry_id].revision(rule.revision) for rule in basis]
        tags = [tag for r in revisions if r for tag in r.content.tags]
        products = [product for r in revisions if r for product in r.content.products]
        return replace(
            fields,
            tags=tuple(dict.fromkeys(tags))[:6],
            products=tuple(dict.fromkeys(products))[:10],
        )


def _rules_behind(revision: Revision, catalogue: Catalogue, moment: datetime) -> Iterable[Revision]:
    """The rule itself; for a canned reply or a case those it rests on, as they held then."""
    if revision.content.kind in _RULES:
        yield revision
        return
    for entry_id in revision.content.depends_on:
        rule = catalogue.in_force(entry_id, moment)
        if rule is not None and rule.content.kind in _RULES:
            yield rule


def _basis(revision: Revision, said: tuple[str, ...], source: Source) -> Basis:
    return Basis(revision.entry_id, revision.number, revision.content.title, said, source)


def _as_of(contact: Contact, kb: KnowledgeBase) -> datetime:
    """The date whose rules the contact was about."""
    return parse_local(contact.as_of, kb.site_tz) if contact.as_of else contact.created_at


def _open_to(principal: Principal, entry: Entry | None) -> bool:
    return entry is not None and authorise(principal, Action.ENTRIES_READ, entry)


def _id(contact_id: str) -> str:
    return f"{PREFIX}{contact_id}"


def _saved(entry: Entry) -> SavedAs:
    newest = entry.revisions[-1]
    return SavedAs(entry.id, newest.number, newest.status, entry.version)


def _taken(newest: Revision) -> NotAllowed:
    return NotAllowed(f"{newest.author} is writing this case")
