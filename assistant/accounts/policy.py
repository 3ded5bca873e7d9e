"""The one authorisation function and its one table.

Every route names an `Action`; every action has one row here with a verdict for each principal.
What is not declared is refused. Objects refine a yes: a revision must also be of an audience and a
status that the caller may see, so "forbidden" and "absent" can be answered alike.
"""

from __future__ import annotations

from enum import StrEnum

from assistant.accounts.roles import Principal, PrincipalKind, Role
from assistant.contacts.model import Contact
from kb.model import Entry, Revision, Status


class Action(StrEnum):
    """Everything somebody can ask the service to do."""

    HEALTH = "health"
    METRICS = "metrics"
    ASSETS = "assets"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    PREFERENCES = "preferences"
    ME = "me"
    DESCRIBE = "describe"
    CONSOLE = "console"
    SEARCH = "search"
    SUGGEST = "suggest"
    FEEDBACK = "feedback"
    ENTRIES_READ = "entries.read"
    ENTRIES_EXPORT = "entries.export"
    ENTRIES_WRITE = "entries.write"
    ENTRIES_IMPORT = "entries.import"
    ENTRIES_TABLES = "entries.tables"
    ENTRIES_REVIEW = "entries.review"
    ENTRIES_PUBLISH = "entries.publish"
    ENTRIES_VERIFY = "entries.verify"
    ENTRIES_STEWARD = "entries.steward"
    FRESHNESS_READ = "freshness.read"
    CHANGES_READ = "changes.read"
    REPORTS_READ = "reports.read"
    REPORTS_RESOLVE = "reports.resolve"
    GAPS_READ = "gaps.read"
    GAPS_ADD = "gaps.add"
    AUDIT_READ = "audit.read"
    CANNED_USE = "canned.use"
    CANNED_WRITE = "canned.write"
    CANNED_TEAM = "canned.team"
    CASES_WRITE = "cases.write"
    CONTACTS_USE = "contacts.use"
    CONTACTS_ALL = "contacts.all"
    ANSWERS_TEST = "answers.test"


class Nearness(StrEnum):
    """Where a request comes from, for the few things only this machine may ask anonymously."""

    LOCAL = "local"
    REMOTE = "remote"


class Verdict(StrEnum):
    """One cell of the table."""

    NO = "no"
    YES = "yes"
    LOCAL = "local"  # yes, when asked from this machine without a proxy in between


_NO, _YES, _LOCAL = Verdict.NO, Verdict.YES, Verdict.LOCAL

COLUMNS: tuple[Role | None, ...] = (None, Role.AGENT, Role.EDITOR, Role.REVIEWER, Role.ADMIN)

# fmt: off
TABLE: dict[Action, tuple[Verdict, Verdict, Verdict, Verdict, Verdict]] = {
    #                         anonymous  agent editor reviewer admin
    Action.HEALTH:           (_YES,   _YES, _YES, _YES, _YES),
    Action.METRICS:          (_LOCAL, _LOCAL, _LOCAL, _LOCAL, _YES),
    Action.ASSETS:           (_YES,   _YES, _YES, _YES, _YES),
    Action.SIGN_IN:          (_YES,   _YES, _YES, _YES, _YES),
    Action.SIGN_OUT:         (_YES,   _YES, _YES, _YES, _YES),
    Action.PREFERENCES:      (_YES,   _YES, _YES, _YES, _YES),
    Action.DESCRIBE:         (_YES,   _YES, _YES, _YES, _YES),
    Action.ME:               (_NO,    _YES, _YES, _YES, _YES),
    Action.CONSOLE:          (_NO,    _YES, _YES, _YES, _YES),
    Action.SEARCH:           (_NO,    _YES, _YES, _YES, _YES),
    Action.SUGGEST:          (_NO,    _YES, _YES, _YES, _YES),
    Action.FEEDBACK:         (_NO,    _YES, _YES, _YES, _YES),
    Action.GAPS_ADD:         (_NO,    _YES, _YES, _YES, _YES),
    Action.ENTRIES_READ:     (_NO,    _YES, _YES, _YES, _YES),
    Action.ENTRIES_EXPORT:   (_NO,    _YES, _YES, _YES, _YES),
    Action.CONTACTS_USE:     (_NO,    _YES, _YES, _YES, _YES),
    Action.FRESHNESS_READ:   (_NO,    _YES, _YES, _YES, _YES),
    Action.CHANGES_READ:     (_NO,    _YES, _YES, _YES, _YES),
    Action.CANNED_USE:       (_NO,    _YES, _YES, _YES, _YES),
    Action.CANNED_WRITE:     (_NO,    _YES, _YES, _YES, _YES),
    Action.CASES_WRITE:      (_NO,    _YES, _YES, _YES, _YES),
    Action.ENTRIES_WRITE:    (_NO,    _NO,  _YES, _YES, _YES),
    Action.ENTRIES_IMPORT:   (_NO,    _NO,  _YES, _YES, _YES),
    Action.ENTRIES_TABLES:   (_NO,    _NO,  _YES, _YES, _YES),
    Action.ENTRIES_VERIFY:   (_NO,    _NO,  _YES, _YES, _YES),
    Action.ENTRIES_STEWARD:  (_NO,    _NO,  _YES, _YES, _YES),
    Action.REPORTS_READ:     (_NO,    _NO,  _YES, _YES, _YES),
    Action.REPORTS_RESOLVE:  (_NO,    _NO,  _YES, _YES, _YES),
    Action.GAPS_READ:        (_NO,    _NO,  _YES, _YES, _YES),
    Action.ANSWERS_TEST:     (_NO,    _NO,  _YES, _YES, _YES),
    Action.ENTRIES_REVIEW:   (_NO,    _NO,  _NO,  _YES, _YES),
    Action.ENTRIES_PUBLISH:  (_NO,    _NO,  _NO,  _YES, _YES),
    Action.CANNED_TEAM:      (_NO,    _NO,  _NO,  _YES, _YES),
    Action.AUDIT_READ:       (_NO,    _NO,  _NO,  _YES, _YES),
    Action.CONTACTS_ALL:     (_NO,    _NO,  _NO,  _YES, _YES),
}
# fmt: on

# Agents act on what is or was in force; drafts and withdrawn text are the desk's business.
_STATUSES_FOR_AGENTS = frozenset({Status.PUBLISHED})


def authorise(
    principal: Principal, action: Action, obj: Entry | Revision | Contact | Nearness | None = None
) -> bool:
    """Whether `principal` may do `action`, on `obj` when one is given.

    A revision is allowed when its audience and its status are open to the caller; an entry when
    at least one of its revisions is; a contact when it is the caller's, nobody's yet, or the caller
    supervises (`CONTACTS_ALL`). An action without a row, or a cell without a verdict, is no.
    """
    row = TABLE.get(action)
    if row is None:
        return False
    verdict = row[COLUMNS.index(principal.role)]
    if verdict is Verdict.NO:
        return False
    if verdict is Verdict.LOCAL and obj is not Nearness.LOCAL:
        return False
    if isinstance(obj, Revision):
        return _sees(principal, obj)
    if isinstance(obj, Entry):
        return any(_sees(principal, revision) for revision in obj.revisions)
    if isinstance(obj, Contact):
        return _handles(principal, obj)
    return True


def _sees(principal: Principal, revision: Revision) -> bool:
    if revision.content.audience not in principal.audiences:
        return False
    return principal.role is not Role.AGENT or revision.status in _STATUSES_FOR_AGENTS


def _handles(principal: Principal, contact: Contact) -> bool:
    if contact.assigned_to in (None, principal.name):
        return True
    # A platform goes on feeding the contacts that it opened, whoever has taken them.
    own = principal.kind is PrincipalKind.TOKEN and contact.created_by == principal.name
    return own or authorise(principal, Action.CONTACTS_ALL)
