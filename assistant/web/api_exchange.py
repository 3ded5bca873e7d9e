"""API: importing Markdown files (as drafts) and exporting what the caller may read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from flask import Response, request

from assistant.accounts.policy import Action
from assistant.catalogue import Catalogue
from assistant.web import context, labels, listing
from assistant.web.entry_responses import ImportOut
from assistant.web.problems import invalid, problem_json
from assistant.web.requests import FileIn, ImportIn, ImportQuery, NoQuery
from assistant.web.routing import JSON, Routes
from kb import exchange
from kb.document import document_of
from kb.exchange import ImportPlan
from kb.frontmatter import dump
from kb.model import Entry, Revision

MARKDOWN = "text/markdown"
ZIP = "application/zip"
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
        (f"{entry.kind}/{entry.id}.r{revision.number}.md", _open_text(catalogue, entry, revision))
        for entry, _shown in listing.visible(catalogue)
        for revision in labels.visible_revisions(entry)
    ]
    response = Response(_zipped(files), content_type=ZIP)
    response.headers["Content-Disposition"] = 'attachment; filename="zhike-export.zip"'
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
