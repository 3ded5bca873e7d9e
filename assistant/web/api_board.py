"""API: the freshness board, reports from the front line, and knowledge gaps."""

from __future__ import annotations

from assistant.accounts.policy import Action
from assistant.web import board_views, context, labels
from assistant.web.board_responses import BoardOut, GapsOut, ReportOut, ReportsOut
from assistant.web.freshness_requests import FreshnessQuery
from assistant.web.requests import NoQuery, NoteIn, PageQuery
from assistant.web.routing import Routes
from kb.rows import Report

routes = Routes()


@routes.get("/freshness", Action.FRESHNESS_READ, query=FreshnessQuery, returns=BoardOut)
def read_freshness(query: FreshnessQuery) -> BoardOut:
    """What needs attention, sorted by damage: use times age times risk."""
    return board_views.board(query, board_views.visible_rows())


@routes.get("/reports", Action.REPORTS_READ, query=NoQuery, returns=ReportsOut)
def list_reports(query: NoQuery) -> ReportsOut:
    """List open reports that something is outdated."""
    return {"reports": [_report(report) for report in context.services().kb.reports()]}


@routes.post(
    "/reports/<int:report_id>/resolve", Action.REPORTS_RESOLVE, body=NoteIn, returns=ReportOut
)
def resolve_report(report_id: int, body: NoteIn) -> ReportOut:
    """Close a report."""
    actor = context.principal().name
    return _report(context.services().kb.resolve_report(report_id, actor, body.note))


@routes.get("/gaps", Action.GAPS_READ, query=PageQuery, returns=GapsOut)
def list_gaps(query: PageQuery) -> GapsOut:
    """List questions without a reliable answer, most asked first."""
    gaps, total = context.services().insights.gaps(query.limit, query.offset)
    return {
        "gaps": [
            {
                "query": gap.query,
                "reason": gap.reason,
                "count": gap.count,
                "first_at": context.moment_json(gap.first_at),
                "last_at": context.moment_json(gap.last_at),
                "status": gap.status,
            }
            for gap in gaps
        ],
        "total": total,
    }


def _report(report: Report) -> ReportOut:
    return {
        "id": report.id,
        "entry_id": report.entry_id,
        "revision": report.revision,
        "sentence": report.sentence,
        "note": report.note,
        "actor": report.actor,
        "at": context.moment_json(report.at),
        "url": labels.entry_url(report.entry_id, report.revision),
    }
