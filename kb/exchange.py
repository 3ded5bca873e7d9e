"""Import and export: folders of Markdown files ⇄ the knowledge base, lossless both ways.

An import is planned first (a dry run) and then applied in batches; running it again completes
what a crash left and changes nothing else. Bad files are named, the rest is imported.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from kb import store
from kb.document import document_of
from kb.errors import InvalidInput, Problem
from kb.frontmatter import dump, key_lines, parse
from kb.knowledge import KnowledgeBase
from kb.merging import Action, ImportRow, Merge, Sourced
from kb.model import Entry, Status
from kb.transaction import Transaction, load
from kb.validation import MAX_BYTES

__all__ = ["Action", "ExportReport", "ImportPlan", "ImportRow", "ShortCodes", "apply_import",
           "decoded", "export", "exported", "plan_import", "read_documents"]  # fmt: skip

_BATCH = 50
_IGNORED_NAMES = ("readme.md",)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do (or has done), one row for each source, in order of sources."""

    rows: tuple[ImportRow, ...]
    documents: tuple[Sourced, ...]
    trusted: bool

    @property
    def counts(self) -> dict[Action, int]:
        """How many rows there are of each action; every action is a key."""
        return {action: sum(row.action is action for row in self.rows) for action in Action}

    @property
    def summary(self) -> str:
        """What became of the sources in one line for people, such as ``3 new, 1 failed``."""
        counts = ", ".join(f"{number} {action}" for action, number in self.counts.items() if number)
        return counts or "nothing"

    @property
    def problems(self) -> list[Problem]:
        """Every problem of every failed row."""
        return [problem for row in self.rows for problem in row.problems]


@dataclass(frozen=True, slots=True)
class ExportReport:
    """How many files were written and how many were the same already."""

    written: int
    unchanged: int


def plan_import(
    source: Path | Mapping[str, bytes], kb: KnowledgeBase, *, trusted: bool = True
) -> ImportPlan:
    """What importing `source` would do; nothing is changed.

    `source` is a folder (every ``.md`` file under it but README.md), a single file, or names
    with contents. `trusted` files bring their status, people and record times; others become
    drafts of the actor.
    """
    documents, failed = read_documents(source, kb.site_tz)
    documents, clashes = _without_clashes(documents)
    entries = {entry.id: entry for entry in kb.snapshot()}
    codes = ShortCodes(entries.values())
    rows = failed + clashes
    for entry_id, group in _by_entry(documents).items():
        merge = Merge(entries.get(entry_id), kb.clock(), "import", trusted, codes.holder_of)
        after = merge.run(group)
        codes.note(after)
        rows += merge.rows
    return ImportPlan(_in_order(rows), tuple(documents), trusted)


def apply_import(
    plan: ImportPlan, kb: KnowledgeBase, actor: str, progress: Progress | None = None
) -> ImportPlan:
    """Import the plan's documents as `actor`; gives the plan as it was really carried out.

    Works in transactions of some 50 entries and calls `progress(done, total)` after each. What
    changed since planning is taken into account: each entry is merged as it is now.
    """
    rows = [row for row in plan.rows if row.source not in {s.source for s in plan.documents}]
    groups = iter(_by_entry(plan.documents).values())
    done = 0
    while batch := list(islice(groups, _BATCH)):
        rows += _apply_batch(batch, kb, actor, plan.trusted)
        done += sum(len(group) for group in batch)
        if progress:
            progress(done, len(plan.documents))
    return ImportPlan(_in_order(rows), plan.documents, plan.trusted)


def export(kb: KnowledgeBase, folder: Path, entries: Iterable[Entry] | None = None) -> ExportReport:
    """Write every revision of `entries` (default: all) as ``<kind>/<id>.r<n>.md`` under `folder`.

    Each file is replaced atomically; files that are the same already are left alone, other
    files too. Importing the folder elsewhere and exporting again gives the same bytes.
    """
    written = unchanged = 0
    for entry in kb.snapshot() if entries is None else entries:
        for name, text in exported(entry, kb.site_tz):
            if _write_if_changed(folder / name, text.encode()):
                written += 1
            else:
                unchanged += 1
    return ExportReport(written, unchanged)


def exported(entry: Entry, tz: ZoneInfo) -> list[tuple[str, str]]:
    """File name and text of each revision of `entry`."""
    return [
        (f"{entry.kind}/{entry.id}.r{revision.number}.md", dump(document_of(entry, revision), tz))
        for revision in entry.revisions
    ]


def _write_if_changed(path: Path, data: bytes) -> bool:
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
    return True


def read_documents(
    source: Path | Mapping[str, bytes], tz: ZoneInfo
) -> tuple[list[Sourced], list[ImportRow]]:
    """The documents of `source` that can be read, and a failed row for each that cannot.

    `source` as for `plan_import`; dates without an offset are meant in `tz`.
    """
    documents: list[Sourced] = []
    failed: list[ImportRow] = []
    for name, fetch in _sources(source):
        try:
            text = decoded(name, fetch())
            documents.append(Sourced(name, parse(text, name, tz), key_lines(text)))
        except InvalidInput as error:
            failed.append(ImportRow(name, "", None, Action.FAILED, tuple(error.problems)))
    return documents, failed


def _sources(source: Path | Mapping[str, bytes]) -> list[tuple[str, Callable[[], bytes]]]:
    if not isinstance(source, Path):
        return [(name, partial(bytes, data)) for name, data in source.items()]
    if source.is_dir():
        paths = sorted(
            path
            for path in source.rglob("*.md")
            if not path.name.startswith(".") and path.name.lower() not in _IGNORED_NAMES
        )
    elif source.exists():
        paths = [source]
    else:
        raise InvalidInput([Problem(str(source), 0, "", "there is no such file or folder")])
    return [(_shown(path), partial(_bytes_of, path)) for path in paths]


def _shown(path: Path) -> str:
    """The path as text that can be stored and printed on one line, whatever bytes it is made of."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _bytes_of(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            message = "cannot be read: it is a folder, a pipe or a device"
            raise InvalidInput([Problem(_shown(path), 0, "", message)])
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise InvalidInput([Problem(_shown(path), 0, "", message)]) from None


def decoded(name: str, data: bytes) -> str:
    """The text of a file or upload; InvalidInput when it is too large or not UTF-8."""
    if len(data) > MAX_BYTES:
        raise InvalidInput([Problem(name, 1, "", f"is larger than {MAX_BYTES // 1024} KiB")])
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8: byte {data[error.start]:#04x} at offset {error.start}"
        raise InvalidInput([Problem(name, line, "", message)]) from None


def _without_clashes(documents: list[Sourced]) -> tuple[list[Sourced], list[ImportRow]]:
    """Sources that claim the same revision of the same entry fail, each naming the others."""
    claims: dict[tuple[str, int | None], list[Sourced]] = {}
    for sourced in documents:
        key = (sourced.document.entry_id, sourced.document.number)
        claims.setdefault(key, []).append(sourced)
    kept: list[Sourced] = []
    rows: list[ImportRow] = []
    for (entry_id, number), group in claims.items():
        if len(group) == 1:
            kept += group
            continue
        what = f"revision {number} of {entry_id}" if number else f"{entry_id} without a revision"
        for sourced in group:
            others = ", ".join(other.source for other in group if other is not sourced)
            problem = sourced.problem("revision", f"{what} also stands in {others}")
            rows.append(ImportRow(sourced.source, entry_id, number, Action.FAILED, (problem,)))
    return kept, rows


def _by_entry(documents: Iterable[Sourced]) -> dict[str, list[Sourced]]:
    groups: dict[str, list[Sourced]] = {}
    for sourced in documents:
        groups.setdefault(sourced.document.entry_id, []).append(sourced)
    return groups


def _in_order(rows: Iterable[ImportRow]) -> tuple[ImportRow, ...]:
    return tuple(sorted(rows, key=lambda row: row.source))


class ShortCodes:
    """Which entry uses a short code, in the knowledge base and earlier in the same plan."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._holders: dict[str, str] = {}
        for entry in entries:
            self.note(entry)

    def note(self, entry: Entry | None) -> None:
        """Take the codes of an entry's published revisions into account."""
        for revision in entry.published if entry else ():
            self._holders.setdefault(revision.content.short_code, revision.entry_id)

    def holder_of(self, code: str, besides: str) -> str:
        """Another entry that uses the code, or an empty string."""
        holder = self._holders.get(code, "")
        return "" if holder == besides else holder


def _apply_batch(
    groups: Sequence[list[Sourced]], kb: KnowledgeBase, actor: str, trusted: bool
) -> list[ImportRow]:
    """Merge each group into its entry as it is now; all in one transaction."""
    rows: list[ImportRow] = []
    with store.write(kb.engine) as connection:
        work = Transaction(connection, actor, kb.clock())
        ids = [group[0].document.entry_id for group in groups]
        entries = {entry.id: entry for entry in load(connection, ids)}
        for entry_id, group in zip(ids, groups, strict=True):
            before = entries.get(entry_id)
            merge = Merge(before, work.now, actor, trusted, work.holder_of)
            _store(work, before, merge.run(group), merge.rows)
            rows += merge.rows
    return rows


def _store(
    work: Transaction, before: Entry | None, after: Entry | None, rows: Sequence[ImportRow]
) -> None:
    if after is None or after == before:
        return
    changed = [row for row in rows if row.action in (Action.NEW, Action.CHANGED)]
    detail = {
        "sources": [row.source for row in changed],
        "revisions": {
            str(revision.number): {"hash": revision.content_hash, "status": revision.status}
            for revision in after.revisions
            if revision.number in {row.revision for row in changed}
        },
    }
    published = [r.number for r in after.revisions if r.status is Status.PUBLISHED]
    number = max((row.revision or 0 for row in changed), default=max(published, default=0))
    if before is None:
        work.add(after, "import", number, detail)
    else:
        work.save(before, after, "import", number, detail)
