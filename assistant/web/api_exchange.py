"""API: importing Markdown texts (as drafts), exporting as Markdown and tables, pictures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from flask import Response, request, send_file

from assistant.accounts.policy import Action
from assistant.catalogue import Catalogue
from assistant.web import context, labels, listing
from assistant.web.entry_responses import ImportOut
from assistant.web.import_jobs import jobs
from assistant.web.import_requests import ExportQuery
from assistant.web.problems import Refusal, invalid, problem_json
from assistant.web.requests import FileIn, ImportIn, ImportQuery, NoQuery
from assistant.web.routing import JSON, Routes
from kb import exchange
from kb.document import document_of
from kb.exchange import ImportPlan
from kb.formats.exporting import TableFormat, table_bytes, table_rows
from kb.frontmatter import dump
from kb.images import TYPES
from kb.model import Entry, Revision

MARKDOWN = "text/markdown"
ZIP = "application/zip"
_TABLES = {
    TableFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TableFormat.CSV: "text/csv; charset=utf-8",
}
routes = Routes()


@routes.post(
    "/entries/import",
    Action.ENTRIES_IMPORT,
    body=ImportIn,
    query=ImportQuery,
    returns=ImportOut,
    accepts=(JSON, MARKDOWN),
)
def import_entries(body: ImportIn, query: ImportQuery) -> ImportOut:
    """Import Markdown files as drafts; by default only report what would happen."""
    kb = context.services().kb
    dry_run = query.dry_run if request.mimetype == MARKDOWN else body.dry_run
    plan = exchange.plan_import(_by_name(body.files), kb, trusted=False)
    if dry_run:
        return _report(plan, dry_run=True)
    if not _fit(plan):
        raise invalid(plan.problems)
    done = exchange.apply_import(plan, kb, context.principal().name)
    return _report(done, dry_run=False)


@routes.get("/entries/export", Action.ENTRIES_EXPORT, query=NoQuery, returns=ZIP)
def export_entries(query: NoQuery) -> Response:
    """Export every revision the caller may read as a ZIP of Markdown files."""
    catalogue = context.services().catalogue.current()
    files = [
        (_file_name(entry, revision), _open_text(catalogue, entry, revision))
        for entry, _shown in listing.visible(catalogue)
        for revision in labels.visible_revisions(entry)
    ]
    return _download(_zipped(files), ZIP, "zip")


@routes.get("/export", Action.ENTRIES_TABLES, query=ExportQuery, returns="application/octet-stream")
def export_file(query: ExportQuery) -> Response:
    """Export the knowledge base as XLSX, CSV or a ZIP of Markdown that import again unchanged."""
    catalogue = context.services().catalogue.current()
    pairs = [
        _open_text(catalogue, entry, revision)
        for entry, _shown in listing.visible(catalogue)
        for revision in _chosen(labels.visible_revisions(entry), query)
    ]
    if query.format == "markdown":
        files = [(_file_name(*pair), pair) for pair in pairs]
        return _download(_zipped(files), ZIP, "zip")
    form, lang = TableFormat(query.format), context.lang()
    rows = table_rows(pairs, context.services().settings.site_tz, lang)
    return _download(table_bytes(rows, form, lang), _TABLES[form], form.value)


@routes.get("/images/<name>", Action.ENTRIES_READ, query=NoQuery, returns="image/*")
def read_image(name: str, query: NoQuery) -> Response:
    """Read a picture of an entry; its name is the hash of its content."""
    path = jobs().imports.images.path(name)
    if path is None:
        raise Refusal(404, "absent")
    response = send_file(path, mimetype=TYPES[path.suffix[1:]], conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _chosen(revisions: Sequence[Revision], query: ExportQuery) -> Sequence[Revision]:
    return revisions[-1:] if query.revisions == "newest" else revisions


def _file_name(entry: Entry, revision: Revision) -> str:
    return f"{entry.kind}/{entry.id}.r{revision.number}.md"


def _download(body: Iterable[bytes], kind: str, extension: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="zhike-export.{extension}"'
    return response


def _by_name(files: list[FileIn]) -> dict[str, bytes]:
    """The texts by name; a name given again is numbered, so that no text is lost."""
    named: dict[str, bytes] = {}
    for place, file in enumerate(files, 1):
        name = file.name if file.name not in named else f"{file.name} ({place})"
        named[name] = file.text.encode(errors="surrogatepass")
    return named


def _open_text(catalogue: Catalogue, entry: Entry, revision: Revision) -> tuple[Entry, Revision]:
    """The revision without names of entries that the caller may not know of."""
    content = revision.content
    open_content = replace(
        content,
        depends_on=tuple(labels.names(catalogue, content.depends_on)),
        supersedes=tuple(labels.names(catalogue, content.supersedes)),
    )
    return entry, replace(revision, content=open_content)


def _zipped(files: list[tuple[str, tuple[Entry, Revision]]]) -> Iterator[bytes]:
    """A ZIP archive piece by piece: one file in memory at a time, however large the whole is."""
    tz = context.services().settings.site_tz

    def pieces() -> Iterator[bytes]:
        sink = _Sink()
        with zipfile.ZipFile(cast(io.BytesIO, sink), "w", zipfile.ZIP_DEFLATED) as archive:
            for name, (entry, revision) in files:
                archive.writestr(name, dump(document_of(entry, revision), tz))
                yield sink.taken()
        yield sink.taken()

    return pieces()


class _Sink:
    """A write-only file for `zipfile`, emptied between pieces."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        """Keep the data until it is taken."""
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing to do."""

    def taken(self) -> bytes:
        """What was written since last time."""
        data = bytes(self._held)
        self._held.clear()
        return data


def _fit(plan: ImportPlan) -> bool:
    return any(row.action is not exchange.Action.FAILED for row in plan.rows)


def _report(plan: ImportPlan, *, dry_run: bool) -> ImportOut:
    counts = {action.value: number for action, number in plan.counts.items()}
    written = counts.get("new", 0) + counts.get("changed", 0)
    return {
        "dry_run": dry_run,
        "applied": 0 if dry_run else written,
        "rows": [
            {
                "source": row.source,
                "entry_id": row.entry_id,
                "revision": row.revision,
                "outcome": row.action.value,
                "problems": [problem_json(problem) for problem in row.problems],
            }
            for row in plan.rows
        ],
        "counts": counts,
    }
