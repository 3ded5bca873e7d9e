"""API: importing files of other kinds: dry run, report, carrying out, what failed."""

from __future__ import annotations

import tempfile
from dataclasses import replace

from flask import Response, request, url_for

from assistant.accounts.policy import Action
from assistant.web import context, import_comparison, import_views
from assistant.web.api_impact import passed_together
from assistant.web.import_jobs import jobs
from assistant.web.import_requests import ApplyIn, RowsQuery, UploadIn
from assistant.web.import_responses import ImportedRowOut, ImportRunOut, ImportRunsOut
from assistant.web.problems import Refusal, invalid
from assistant.web.requests import NoQuery
from assistant.web.routing import FORM, Reply, Routes
from kb.errors import InvalidInput
from kb.formats.bundling import bundled
from kb.formats.imports import Imports
from kb.formats.limits import MAX_FILE, MAX_TOGETHER
from kb.formats.planning import Outcome
from kb.formats.proposals import ImportOptions
from kb.formats.runs import ApplyOptions, Run, RunState
from kb.formats.wording import said
from kb.lifecycle import same_person
from kb.model import Kind

CSV = "text/csv"
routes = Routes()


@routes.post(
    "/imports",
    Action.ENTRIES_IMPORT,
    body=UploadIn,
    returns=ImportRunOut,
    status=202,
    accepts=(FORM,),
    upload=MAX_FILE,
    files=MAX_TOGETHER,
)
def start_import(body: UploadIn) -> Reply:
    """Upload a file and report what importing it would do; nothing is changed yet.

    Several Markdown and HTML files, such as a folder's, are taken together as one.
    """
    work = jobs()
    options = ImportOptions(body.audience, Kind(body.kind), body.owner.strip(), body.split)
    try:
        run = _received(work.imports, options)
    except InvalidInput as error:
        raise invalid(
            [replace(one, message=said(one.message, context.lang())) for one in error.problems]
        ) from None
    work.start(run.id, work.imports.plan, body.wait)
    reply = _shown(run.id, RowsQuery())
    return Reply(reply, 202, {"Location": url_for("api.read_import", run_id=run.id)})


@routes.get("/imports", Action.ENTRIES_IMPORT, query=NoQuery, returns=ImportRunsOut)
def list_imports(query: NoQuery) -> ImportRunsOut:
    """List the newest imports."""
    return {"imports": [import_views.run_out(run) for run in jobs().imports.newest()]}


@routes.get("/imports/<run_id>", Action.ENTRIES_IMPORT, query=RowsQuery, returns=ImportRunOut)
def read_import(run_id: str, query: RowsQuery) -> ImportRunOut:
    """Read how far an import is and what its rows come to."""
    return _shown(run_id, query)


@routes.get(
    "/imports/<run_id>/rows/<int:number>",
    Action.ENTRIES_IMPORT,
    query=NoQuery,
    returns=ImportedRowOut,
)
def read_import_row(run_id: str, number: int, query: NoQuery) -> ImportedRowOut:
    """Read one row in full: what it changes, or why it failed, beside what says the same."""
    return import_comparison.row_out(jobs().imports.run(run_id), number)


@routes.post(
    "/imports/<run_id>/apply",
    Action.ENTRIES_IMPORT,
    body=ApplyIn,
    returns=ImportRunOut,
    status=202,
)
def apply_import(run_id: str, body: ApplyIn) -> ImportRunOut:
    """Carry out a planned import, or continue an interrupted one; good rows go in.

    To be published, they must not break questions that must be answered; see publishing an entry.
    """
    work, actor = jobs(), context.principal().name
    run = work.imports.run(run_id)
    if run.state is RunState.READING and run.interrupted(context.services().clock()):
        work.start(run_id, work.imports.plan, body.wait, lambda one: work.imports.begin(one, actor))
        return _shown(run_id, RowsQuery())
    _check(run, body)
    how = ApplyOptions(actor if body.publish else "", body.skip_duplicates)
    if body.publish and run.state is RunState.READY:
        changed = work.imports.rehearsed(run_id, actor, how)
        how = replace(how, noted=passed_together(changed, body.override))
    work.start(
        run_id,
        lambda one: work.imports.apply(one, actor, how),
        body.wait,
        lambda one: work.imports.begin(one, actor, how),
    )
    return _shown(run_id, RowsQuery())


@routes.get("/imports/<run_id>/failed.csv", Action.ENTRIES_IMPORT, query=NoQuery, returns=CSV)
def failed_rows(run_id: str, query: NoQuery) -> Response:
    """Download the rows that failed, with the reason of each, to mend and import again."""
    response = Response(jobs().imports.failed(run_id, context.lang()), content_type=CSV)
    response.headers["Content-Type"] = f"{CSV}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="failed-{run_id}.csv"'
    return response


def _received(imports: Imports, options: ImportOptions) -> Run:
    """Keep the file of the form; several of them as one archive."""
    uploads = [(part.filename or "upload", part.stream) for part in request.files.getlist("file")]
    actor = context.principal().name
    if len(uploads) == 1:
        return imports.receive(*uploads[0], actor, options)
    with tempfile.TemporaryFile() as together:
        name = bundled(uploads, together)
        together.seek(0)
        return imports.receive(name, together, actor, options)


def _check(run: Run, body: ApplyIn) -> None:
    """Refuse what cannot or must not be carried out, while somebody is there to be told."""
    if run.state in (RunState.READING, RunState.REFUSED):
        raise Refusal(409, "import_not_ready")
    publishing = body.publish or run.how.approved_by
    if publishing and not context.allowed(Action.ENTRIES_PUBLISH):
        raise Refusal(403, "forbidden")
    if body.publish and same_person(run.created_by, context.principal().name):
        raise Refusal(403, "own_import")


def _shown(run_id: str, query: RowsQuery) -> ImportRunOut:
    imports = jobs().imports
    run = imports.run(run_id)
    outcomes: tuple[Outcome, ...] = (query.outcome,) if query.outcome else ()
    found = imports.rows(
        run_id,
        outcomes,
        duplicates_only=query.duplicates,
        limit=query.limit + 1,
        after=query.after,
    )
    page = found[: query.limit]
    more = len(found) > len(page) and page
    return {
        **import_views.run_out(run),
        "rows": [import_views.row_out(run, row) for row in page],
        "next_after": page[-1].number if more else None,
    }
