"""API: importing Markdown texts (as drafts), exporting as Markdown and tables, pictures."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import cast

from flask import Response, request, send_file

from assistant.accounts import policy
from assistant.catalogue import Catalogue
from assistant.web import context, labels, listing
from assistant.web.entry_responses import ImportOut
from assistant.web.import_jobs import jobs
from assistant.web.import_requests import ExportQuery, SampleQuery
from assistant.web.problems import Refusal, invalid, problem_json
from assistant.web.requests import FileIn, ImportIn, ImportQuery, NoQuery
from assistant.web.routing import JSON, Routes
from kb.document import document_of
from kb.errors import Problem
from kb.formats.bundling import bundled
from kb.formats.exporting import TableFormat, table_bytes, table_rows
from kb.formats.planning import Outcome, PlannedRow
from kb.formats.runs import Run, RunState
from kb.formats.samples import question_rows, sample_rows, sample_texts
from kb.frontmatter import dump
from kb.images import REFERENCE, TYPES
from kb.merging import Action
from kb.model import Entry, Kind, Revision

MARKDOWN = "text/markdown"
ZIP = "application/zip"
EXPORT = "zhike-export"
TEXTS = "texts.zip"
_TABLES = {
    TableFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TableFormat.CSV: "text/csv; charset=utf-8",
}
routes = Routes()


@routes.post(
    "/entries/import",
    policy.Action.ENTRIES_IMPORT,
    body=ImportIn,
    query=ImportQuery,
    returns=ImportOut,
    accepts=(JSON, MARKDOWN),
)
def import_entries(body: ImportIn, query: ImportQuery) -> ImportOut:
    """Import Markdown texts as drafts; by default only report what would happen.

    The same as an upload to ``/imports`` in one call, for a few texts that need no waiting for.
    """
    dry_run = query.dry_run if request.mimetype == MARKDOWN else body.dry_run
    imports, actor = jobs().imports, context.principal().name
    texts = [(_file_named(file), io.BytesIO(file.text.encode(errors="surrogatepass")))
             for file in body.files]  # fmt: skip
    with tempfile.TemporaryFile() as together:
        bundled(texts, together)
        together.seek(0)
        run = imports.plan(imports.receive(TEXTS, together, actor).id)
    if run.state is RunState.REFUSED:
        raise invalid([Problem("", 0, "files", run.reason)])
    if not dry_run:
        rows = imports.rows(run.id, limit=len(body.files))
        if all(row.outcome is Outcome.FAILED for row in rows):
            raise invalid([problem for row in rows for problem in row.problems])
        run = imports.apply(run.id, actor)
    return _report(run, imports.rows(run.id, limit=len(body.files)), dry_run=dry_run)


@routes.get("/entries/export", policy.Action.ENTRIES_EXPORT, query=NoQuery, returns=ZIP)
def export_entries(query: NoQuery) -> Response:
    """Export every revision the caller may read as a ZIP of Markdown files."""
    catalogue = context.services().catalogue.current()
    pairs = [
        _open_text(catalogue, entry, revision)
        for entry, _shown in listing.visible(catalogue)
        for revision in labels.visible_revisions(entry)
    ]
    return _download(_zipped(_files(pairs)), ZIP, "zip")


@routes.get(
    "/export", policy.Action.ENTRIES_TABLES, query=ExportQuery, returns="application/octet-stream"
)
def export_file(query: ExportQuery) -> Response:
    """Export the knowledge base as XLSX, CSV or a ZIP of Markdown that import again unchanged."""
    catalogue = context.services().catalogue.current()
    kinds = query.kinds.split(",") if query.kinds else list(Kind)
    pairs = [
        _open_text(catalogue, entry, revision)
        for entry, _shown in listing.visible(catalogue)
        if entry.kind in kinds
        for revision in _chosen(labels.visible_revisions(entry), query)
    ]
    if query.format == "markdown":
        return _download(_zipped(_files(pairs)), ZIP, "zip")
    lang = context.lang()
    rows = table_rows(pairs, context.services().settings.site_tz, lang)
    return _table(rows, query.format, lang)


@routes.get(
    "/imports/samples",
    policy.Action.ENTRIES_IMPORT,
    query=SampleQuery,
    returns="application/octet-stream",
)
def import_sample(query: SampleQuery) -> Response:
    """A small file to fill in and import, as the export would write it."""
    lang = context.lang()
    if query.format == "markdown":
        files = ((name, text.encode()) for name, text in sample_texts(lang))
        return _download(_zipped(files), ZIP, "zip", "zhike-sample")
    if query.sample == "questions":
        rows: Iterable[list[str]] = question_rows(lang)
    else:
        rows = sample_rows(lang, context.services().settings.site_tz)
    return _table(rows, query.format, lang, f"zhike-sample-{query.sample}")


@routes.get("/images/<name>", policy.Action.ENTRIES_READ, query=NoQuery, returns="image/*")
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


def _table(rows: Iterable[list[str]], form: str, lang: str, name: str = EXPORT) -> Response:
    body = table_bytes(rows, TableFormat(form), lang)
    return _download(body, _TABLES[TableFormat(form)], form, name)


def _download(body: Iterable[bytes], kind: str, extension: str, name: str = EXPORT) -> Response:
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{extension}"'
    return response


def _file_named(file: FileIn) -> str:
    """The text's name as that of a Markdown file, which is what all of them are."""
    return file.name if file.name.lower().endswith((".md", ".markdown")) else f"{file.name}.md"


def _open_text(catalogue: Catalogue, entry: Entry, revision: Revision) -> tuple[Entry, Revision]:
    """The revision without names of entries that the caller may not know of."""
    content = revision.content
    open_content = replace(
        content,
        depends_on=tuple(labels.names(catalogue, content.depends_on)),
        supersedes=tuple(labels.names(catalogue, content.supersedes)),
    )
    return entry, replace(revision, content=open_content)


def _files(pairs: Sequence[tuple[Entry, Revision]]) -> Iterator[tuple[str, bytes]]:
    """A Markdown file for each revision, and the pictures that they show."""
    tz, store = context.services().settings.site_tz, jobs().imports.images

    def files() -> Iterator[tuple[str, bytes]]:
        shown: dict[str, None] = {}
        for entry, revision in pairs:
            yield _file_name(entry, revision), dump(document_of(entry, revision), tz).encode()
            shown |= dict.fromkeys(REFERENCE.findall(revision.content.body))
        for name in shown:
            if path := store.path(name):
                yield f"images/{name}", path.read_bytes()

    return files()


def _zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """A ZIP archive piece by piece: one file in memory at a time, however large the whole is."""
    sink = _Sink()
    with zipfile.ZipFile(cast(io.BytesIO, sink), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
            yield sink.taken()
    yield sink.taken()


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


def _report(run: Run, rows: Sequence[PlannedRow], *, dry_run: bool) -> ImportOut:
    counts = {action.value: run.counts[Outcome(action.value)] for action in Action}
    written = counts["new"] + counts["changed"]
    return {
        "dry_run": dry_run,
        "applied": 0 if dry_run else written,
        "rows": [
            {
                "source": row.place,
                "entry_id": row.entry_id,
                "revision": row.revision,
                "outcome": row.outcome.value,
                "problems": [problem_json(problem) for problem in row.problems],
            }
            for row in rows
        ],
        "counts": counts,
    }
