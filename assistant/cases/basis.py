"""The policy part of a case: a paragraph for each rule it rests on, and the supervisor's note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.accounts.policy import Action, authorise
from assistant.accounts.roles import Principal
from assistant.cases.model import Basis, CaseFields, Source
from assistant.catalogue import Catalogue

_PARAGRAPH = re.compile(r"\n[ \t]*\n+")
_RULE = re.compile(r"\]\(kb:([\w-]+)")


@dataclass(frozen=True, slots=True)
class PolicyPart:
    """`rules` are paragraphs by the id of the entry they name, `note` is all the rest."""

    rules: dict[str, str]
    note: str


def policy_part(text: str, rests_on: Sequence[str]) -> PolicyPart:
    """What a policy part says of which rule.

    A paragraph belongs to the first rule of `rests_on` that it links to; one without any is note.
    """
    rules: dict[str, list[str]] = {}
    note: list[str] = []
    for paragraph in filter(str.strip, _PARAGRAPH.split(text)):
        named = next((one for one in _RULE.findall(paragraph) if one in rests_on), None)
        (note if named is None else rules.setdefault(named, [])).append(paragraph.strip())
    joined = {entry_id: "\n\n".join(parts) for entry_id, parts in rules.items()}
    return PolicyPart(joined, "\n\n".join(note))


def with_note(fields: CaseFields, note: str) -> str:
    """The policy part with another note behind its rules."""
    rules = policy_part(fields.policy_basis, fields.rests_on).rules
    return "\n\n".join(filter(None, (*rules.values(), note.strip())))


def rules_named(
    fields: CaseFields, catalogue: Catalogue, principal: Principal
) -> tuple[Basis, ...]:
    """The rules that a written case rests on, as they stand now; hidden ones are left out."""
    found = []
    for entry_id in fields.rests_on:
        entry = catalogue.entries.get(entry_id)
        revision = catalogue.in_force(entry_id) or (entry.revisions[-1] if entry else None)
        if revision is not None and authorise(principal, Action.ENTRIES_READ, revision):
            title = revision.content.title
            found.append(Basis(entry_id, revision.number, title, (), Source.KEPT))
    return tuple(found)
