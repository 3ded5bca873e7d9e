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
    WIDGET_BEGIN = "widget.begin"
    WIDGET_USE = "widget.use"
    HELP_READ = "help.read"
    HELP_VOTE = "help.vote"


class Nearness(StrEnum):
    """Where a request comes from, for the few things only this machine may ask anonymously."""

    LOCAL = "local"
    REMOTE = "remote"


class Verdict(StrEnum):
    """One cell of the table."""

    NO = "no"
    YES = "yes"
    LOCAL = "local"  # yes, when asked from this machine without a proxy in between
    OWN = "own"  # no at the gate; yes on an object that is the caller's own


_NO, _YES, _LOCAL, _OWN = Verdict.NO, Verdict.YES, Verdict.LOCAL, Verdict.OWN

COLUMNS: tuple[Role | None, ...] = (None, *Role)

# fmt: off
TABLE: dict[Action, tuple[Verdict, Verdict, Verdict, Verdict, Verdict, Verdict]] = {
    #                         anonymous customer agent editor reviewer admin
    Action.HEALTH:           (_YES,    _YES, _YES, _YES, _YES, _YES),
    Action.METRICS:          (_LOCAL,  _NO,  _LOCAL, _LOCAL, _LOCAL, _YES),
    Action.ASSETS:           (_YES,    _YES, _YES, _YES, _YES, _YES),
    Action.SIGN_IN:          (_YES,    _NO,  _YES, _YES, _YES, _YES),
    Action.SIGN_OUT:         (_YES,    _NO,  _YES, _YES, _YES, _YES),
    Action.PREFERENCES:      (_YES,    _NO,  _YES, _YES, _YES, _YES),
    Action.DESCRIBE:         (_YES,    _YES, _YES, _YES, _YES, _YES),
    Action.ME:               (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.CONSOLE:          (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.SEARCH:           (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.SUGGEST:          (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.FEEDBACK:         (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.GAPS_ADD:         (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.ENTRIES_READ:     (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.ENTRIES_EXPORT:   (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.CONTACTS_USE:     (_NO,     _OWN, _YES, _YES, _YES, _YES),
    Action.FRESHNESS_READ:   (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.CHANGES_READ:     (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.CANNED_USE:       (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.CANNED_WRITE:     (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.CASES_WRITE:      (_NO,     _NO,  _YES, _YES, _YES, _YES),
    Action.ENTRIES_WRITE:    (_NO,     _NO,  _NO,  _YES, _YES, _YES),
    Action.ENTRIES_IMPORT:   (_NO,     _NO,  _NO,  _YES, _YES, _YES),
    Action.ENTRIES_TABLES:   (_NO,     _NO,  _NO,  _YES, _YES, _YES),
    Action.ENTRIES_VERIFY:   (_NO,     _NO,  _NO,  _YES, _YES, _YES),
    Action.ENTRIES_STEWARD:  (_NO,     _NO,  _NO,  _YES, _YES, _YES),
    Action.REPORTS_READ:     (_NO,     _NO,  _NO,  _YES, _YES, _YES),
    Action.REPORTS_RESOLVE:  (_NO,     _NO,  _NO,  _YES, _YES, _YES),
    Action.GAPS_READ:        (_NO,     _NO,  _NO,  _YES, _YES, _YES),
    Action.ANSWERS_TEST:     (_NO,     _NO,  _NO,  _YES, _YES, _YES),
    Action.ENTRIES_REVIEW:   (_NO,     _NO,  _NO,  _NO,  _YES, _YES),
    Action.ENTRIES_PUBLISH:  (_NO,     _NO,  _NO,  _NO,  _YES, _YES),
    Action.CANNED_TEAM:      (_NO,     _NO,  _NO,  _NO,  _YES, _YES),
    Action.AUDIT_READ:       (_NO,     _NO,  _NO,  _NO,  _YES, _YES),
    Action.CONTACTS_ALL:     (_NO,     _NO,  _NO,  _NO,  _YES, _YES),
    Action.WIDGET_BEGIN:     (_YES,    _NO,  _NO,  _NO,  _NO,  _NO),
    Action.WIDGET_USE:       (_NO,     _YES, _NO,  _NO,  _NO,  _NO),
    Action.HELP_READ:        (_YES,    _YES, _YES, _YES, _YES, _YES),
    Action.HELP_VOTE:        (_YES,    _YES, _YES, _YES, _YES, _YES),
}
# fmt: on

# Drafts and withdrawn text are the desk's business; all others act on what is or was in force.
_DESK = frozenset({Role.EDITOR, Role.REVIEWER, Role.ADMIN})


def authorise(
    principal: Principal, action: Action, obj: Entry | Revision | Contact | Nearness | None = None
) -> bool:
    """Whether `principal` may do `action`, on `obj` when one is given.

    A revision is allowed when its audience and its status are open to the caller; an entry when
    at least one of its revisions is; a contact when it is the caller's, nobody's yet, or the caller
    supervises (`CONTACTS_ALL`): for a customer the one that this very visit opened. An action
    without a row, or a cell without a verdict, is no.
    """
    row = TABLE.get(action)
    if row is None:
        return False
    verdict = row[COLUMNS.index(principal.role)]
    if verdict is Verdict.NO:
        return False
    if verdict is Verdict.LOCAL and obj is not Nearness.LOCAL:
        return False
    if verdict is Verdict.OWN:
        return isinstance(obj, Contact) and _opened(principal, obj)
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
    return principal.role in _DESK or revision.status is Status.PUBLISHED


def _handles(principal: Principal, contact: Contact) -> bool:
    if contact.assigned_to in (None, principal.name):
        return True
    # A platform goes on feeding the contacts that it opened, whoever has taken them.
    return _opened(principal, contact) or authorise(principal, Action.CONTACTS_ALL)


def _opened(principal: Principal, contact: Contact) -> bool:
    """Whether that very program or visit opened the contact; people let go of theirs for good."""
    kinds = (PrincipalKind.TOKEN, PrincipalKind.VISIT)
    return principal.kind in kinds and contact.created_by == principal.name
