"""Pages about freshness: the board, contradictions, the calendar, ripple, digests, links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPMethod

from flask import render_template, request

from assistant.accounts.policy import Action
from assistant.desk import tasks
from assistant.desk.delivery import Delivery
from assistant.desk.digest import compose
from assistant.web import board_views, context, diffs, freshness_views, labels, product_names
from assistant.web.freshness_requests import CalendarQuery, ConflictsQuery, FreshnessQuery
from assistant.web.lookup import known_entry, known_revision
from assistant.web.month_view import months
from assistant.web.page_filters import lenient, selected
from kb.board import BoardRow
from kb.errors import InvalidInput
from kb.freshness import State
from kb.model import Kind, Status

PAGE = 50
CURED = ("review_due", "review_overdue", "basis_changed")  # what verifying an entry ends
_FILTERS = ("owner", "product", "state", "kind", "mine", "snoozed")
_CONFLICTS = 20
Page = tuple[str, str, list[str], Action, Callable[..., object]]


def routes() -> list[Page]:
    """The pages of this module as rows of the table in `pages`."""
    get, read = [HTTPMethod.GET.value], Action.FRESHNESS_READ
    return [
        ("freshness", "/desk/freshness", get, read, board),
        ("conflicts", "/desk/freshness/conflicts", get, read, conflicts),
        ("calendar", "/desk/freshness/calendar", get, read, calendar),
        ("ripple", "/desk/freshness/ripple", get, Action.ENTRIES_WRITE, ripple),
        ("digest", "/desk/freshness/digest", get, Action.ENTRIES_REVIEW, digest),
        ("links", "/desk/freshness/links", get, Action.ENTRIES_WRITE, links),
    ]


def board() -> str:
    """What needs attention, worst first; what is current only when that is asked for."""
    query = lenient(FreshnessQuery, (*_FILTERS, "entry_id", "offset"))
    query.limit = PAGE
    everything = board_views.visible_rows()
    found = board_views.board(query, everything)
    rows, counts = found["rows"], found["counts"]
    if query.state:
        total = counts.get(query.state, 0)
    else:  # what is current comes last: it is cut off
        rows = [row for row in rows if row["state"] != State.CURRENT]
        total = sum(counts.values()) - counts.get(State.CURRENT, 0)
    return render_template(
        "freshness.html",
        tab="board",
        rows=rows,
        counts=counts,
        snoozed=found["snoozed"],
        total=total,
        shown=query.offset + len(rows),
        owners=sorted({row.owner for row in everything if row.owner}),
        products=_products(everything),
        kinds=[kind.value for kind in Kind],
        states=[state.value for state in State],
        selected=selected(query, _FILTERS),
        worst=max((row.damage for row in everything), default=0.0),
        cured=CURED,
    )


def _products(rows: Iterable[BoardRow]) -> list[tuple[str, str]]:
    """The products of all rows, ids and names, by name."""
    found = {product for row in rows for product in row.products}
    return sorted(((p, product_names.name(p)) for p in found), key=lambda pair: pair[1].lower())


def conflicts() -> str:
    """Contradictions between entries in force, both sentences side by side."""
    query = lenient(ConflictsQuery, ("entry_id", "dismissed", "offset"))
    query.limit = _CONFLICTS
    found = freshness_views.conflicts(query)
    other = query.model_copy(update={"dismissed": not query.dismissed, "offset": 0})
    ahead = query.offset + len(found["conflicts"])
    return render_template(
        "freshness_conflicts.html",
        tab="conflicts",
        pairs=[(pair, *freshness_views.runs(pair)) for pair in found["conflicts"]],
        total=found["total"],
        others=freshness_views.conflicts(other)["total"],
        dismissed=query.dismissed,
        entry_id=query.entry_id or "",
        following=ahead if ahead < found["total"] else 0,
    )


def calendar() -> str:
    """What takes effect or ends in the coming days, as an agenda and by month."""
    query = lenient(CalendarQuery, ("days",))
    catalogue = context.services().catalogue.current()
    found = freshness_views.calendar(catalogue, query.days)
    owner = request.args.get("owner", "")
    owners = {row["owner"] for row in (*found["appointments"], *found["text_dates"])}
    appointments = [row for row in found["appointments"] if owner in ("", row["owner"])]
    named = [row for row in found["text_dates"] if owner in ("", row["owner"])]
    by_day: dict[str, list[dict[str, object]]] = {}
    for appointment in appointments:
        by_day.setdefault(str(appointment["at"])[:10], []).append({**appointment})
    for date in named:
        if not date["passed"]:
            by_day.setdefault(date["day"], []).append({**date, "turn": "text"})
    today = str(found["since"])[:10]
    return render_template(
        "freshness_calendar.html",
        tab="calendar",
        agenda=sorted(by_day.items()),
        passed=[row for row in named if row["passed"]],
        months=months(today, str(found["until"])[:10], by_day),
        today=today,
        days=query.days,
        owners=sorted(owners - {""}),
        owner=owner,
    )


def ripple() -> str:
    """What depends on a changed entry; without one, the rules whose change still waits."""
    entry_id = request.args.get("entry", "")
    if not entry_id:
        return render_template("freshness_ripple.html", tab="ripple", rules=_changed_rules())
    catalogue, entry = known_entry(entry_id)
    number = request.args.get("revision", 0, type=int)
    changed = catalogue.in_force(entry.id) or freshness_views.newest_visible(entry)
    if number > 0:
        changed = known_revision(entry, number)
    replies = context.services().canned.visible(context.principal())
    found = freshness_views.ripple_of(catalogue, changed, replies)
    live = changed.status is Status.PUBLISHED
    touched = found["touched"]
    return render_template(
        "freshness_ripple.html",
        tab="ripple",
        entry_id=entry.id,
        changed=changed,
        title=changed.content.title,
        effective=labels.effective(changed.valid_from, changed.valid_until),
        revisions=labels.visible_revisions(entry)[::-1],
        live=live,
        waiting=[row for row in touched if row["waiting"]],
        to_look_at=[
            row for row in touched if not row["marked"] or row["state"] in freshness_views.OVER
        ],
        done=[
            row
            for row in touched
            if row["marked"] and not row["waiting"] and row["state"] not in freshness_views.OVER
        ],
        over=freshness_views.OVER,
        differences=diffs.word_changes,
    )


def _changed_rules() -> list[dict[str, object]]:
    """Rules that changed while what rests on them has not been looked at since, most first."""
    catalogue = context.services().catalogue.current()
    waiting = Counter(
        ref
        for entry_id, label in catalogue.freshness.items()
        if labels.visible_entry(catalogue.entries.get(entry_id))
        for ref in {
            ref
            for reason in label.reasons
            if reason.state is State.BASIS_CHANGED
            for ref in reason.refs
        }
    )
    return [
        {**row, "waiting": count}
        for ref, count in waiting.most_common()
        for row in labels.related(catalogue, (ref,))
    ]


def digest() -> str:
    """What each owner would be sent now, and by which way."""
    services = context.services()
    catalogue = services.catalogue.current()
    rows = board_views.visible_rows()
    by_owner = tasks.tasks_by_owner(rows)
    owners = sorted({row.owner for row in rows}, key=lambda one: -len(by_owner.get(one, ())))
    owner = request.args.get("owner", owners[0] if owners else "")
    delivery, problems = Delivery(), []
    try:
        delivery = Delivery.from_env()
    except InvalidInput as error:
        problems = [f"{problem.field}: {problem.message}" for problem in error.problems]
    made = compose(
        owner,
        by_owner.get(owner, []),
        catalogue,
        services.settings.site_tz,
        context.lang(),
        delivery.address,
    )
    return render_template(
        "freshness_digest.html",
        tab="digest",
        owners=[{"name": one, "tasks": len(by_owner.get(one, ()))} for one in owners],
        owner=owner,
        known=owner in owners,
        digest=made,
        webhook=bool(delivery.webhook),
        mail=delivery.recipient(owner) if delivery.mail else "",
        problems=problems,
    )


def links() -> str:
    """References that lead nowhere, and every address outside that an editor may have checked."""
    catalogue = context.services().catalogue.current()
    broken = [
        board_views.row_out(row)
        for row in board_views.visible_rows()
        if any(reason.state is State.BROKEN_LINK for reason in row.reasons)
    ]
    return render_template(
        "freshness_links.html",
        tab="links",
        broken=broken,
        outside=freshness_views.external_links(catalogue),
        allowed=bool(context.services().settings.check_links),
    )
