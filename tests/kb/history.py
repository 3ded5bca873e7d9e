"""Checks the history of many writers: what each says it did against what the database holds.

Writers record every operation: what they had read, what they asked for, what they were told, and
when (on a clock that all processes share). The checker replays the audit log with rules of its own,
written apart from `kb.lifecycle`, and finds

* an acknowledged operation that is not in the log where it should be, or a logged one that nobody
  did: the n-th row of an entry is what made its version n;
* a lost update: an edit that did not follow at once upon the version it was based on;
* a step that the lifecycle forbids, an approval of one's own, a publication of another content
  than the one that was approved;
* versions, revisions, log or change feed with gaps; a final state that the log does not lead to;
* answers out of order: somebody read, or got, an older version than another was told before.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kb.knowledge import KnowledgeBase
from kb.ledger import AuditRow
from kb.model import Entry

OK, CONFLICT, REFUSED, BUSY = "ok", "conflict", "refused", "busy"
_FROM = {
    "submit": ("draft",),
    "approve": ("in_review",),
    "reject": ("in_review", "approved"),
    "publish": ("approved",),
    "withdraw": ("draft", "in_review", "approved", "published"),
    "discard": ("draft", "in_review", "approved"),
}
_TO = {
    "submit": "in_review", "approve": "approved", "reject": "draft", "publish": "published",
    "withdraw": "withdrawn", "discard": "withdrawn",
}  # fmt: skip
_WRITES = ("create", "edit", "rollback")
_OF_ENTRY = ("verify", "steward")


@dataclass(frozen=True, slots=True)
class Op:
    """One operation as its writer saw it.

    `seen` is the version it had read, between `read_began` and `read_ended`; `expected` the one it
    named, None for any. `content_hash` is what was sent, or read by an approver; `base_hash` that of
    the newest revision read. After success `version` is the entry's version and `revision` the one
    touched; after a conflict `version` is the one that stood in the way. `mark` tells one change of
    several entries from others.
    """

    writer: str
    action: str
    entry: str
    outcome: str
    seen: int = 0
    read_began: int = 0
    read_ended: int = 0
    began: int = 0
    ended: int = 0
    expected: int | None = None
    revision: int = 0
    version: int = 0
    content_hash: str = ""
    base_hash: str = ""
    mark: str = ""


@dataclass(frozen=True)
class History:
    """What writers recorded, and what the database holds in the end."""

    ops: list[Op]
    entries: dict[str, Entry]
    audit: list[AuditRow]
    changes: list[int]
    problems: list[str]

    @classmethod
    def of(cls, kb: KnowledgeBase, ops: Iterable[Op]) -> History:
        """The history of a knowledge base that nobody writes to any more."""
        entries = {entry.id: entry for entry in kb.snapshot()}
        changes = [change.seq for change in kb.changes(limit=10_000_000)]
        problems = [*kb.verify_audit().problems, *kb.verify_contents()]
        return cls(list(ops), entries, kb.audit(), changes, problems)


def dump(ops: Iterable[Op], path: Path) -> None:
    """Write operations to a file, a line each."""
    path.write_text("".join(json.dumps(asdict(op)) + "\n" for op in ops))


def read(path: Path) -> list[Op]:
    """The operations in a file."""
    return [Op(**json.loads(line)) for line in path.read_text().splitlines()]


def check(history: History) -> list[str]:
    """Everything that is wrong with a history; empty when nothing is."""
    found = list(history.problems)
    if history.changes != list(range(1, len(history.audit) + 1)):
        found.append("the change feed has gaps, or not one change for each row of the log")
    rows: dict[str, list[AuditRow]] = defaultdict(list)
    for row in history.audit:
        rows[row.entry_id].append(row)
    by_entry: dict[str, list[Op]] = defaultdict(list)
    for op in history.ops:
        by_entry[op.entry].append(op)
    for name in sorted({*rows, *by_entry, *history.entries}):
        entry = history.entries.get(name)
        if entry is None:
            found.append(f"{name}: is not there")
            continue
        found += _Checker(entry, rows[name], by_entry[name]).run()
    return found


@dataclass
class _Known:
    """A revision as the log has led to so far."""

    author: str
    content_hash: str
    status: str = "draft"
    approved_by: str = ""
    approved_hash: str = ""


@dataclass
class _Checker:
    """Checks one entry. `rows[n - 1]` is what made its version n."""

    entry: Entry
    rows: list[AuditRow]
    ops: list[Op]
    found: list[str] = field(default_factory=list)
    known: dict[int, _Known] = field(default_factory=dict)
    newest: list[str] = field(default_factory=list)  # content hash of the newest, by version

    def run(self) -> list[str]:
        claimed = self._claims()
        for version, row in enumerate(self.rows, 1):
            self._replay(version, row, claimed.get(version))
            last = self.known[max(self.known)].content_hash if self.known else ""
            self.newest.append(last)
        self._compare_final()
        self._check_bases()
        self._check_order()
        return [f"{self.entry.id}: {text}" for text in self.found]

    # who did what

    def _claims(self) -> dict[int, Op]:
        """The acknowledged operation behind each version."""
        claimed: dict[int, Op] = {}
        for op in self.ops:
            if op.outcome != OK:
                continue
            versions = self._bulk_versions(op) if op.action == "bulk" else [op.version]
            for version in versions:
                if version in claimed:
                    self.found.append(f"version {version} was promised to two writers")
                elif not 1 <= version <= len(self.rows):
                    self.found.append(f"{op.action} by {op.writer} was acknowledged and is lost")
                else:
                    claimed[version] = op
        for version, row in enumerate(self.rows, 1):
            if version not in claimed:
                self.found.append(
                    f"version {version} ({row.action} by {row.actor}) was done by nobody"
                )
        return claimed

    def _bulk_versions(self, op: Op) -> list[int]:
        """The versions that one change of many entries made of this one."""
        mine = [
            (version, row)
            for version, row in enumerate(self.rows, 1)
            if row.detail.get("bulk") and row.actor == op.writer
        ]
        kept = [v for v, row in mine if row.action == "steward" and row.detail["owner"] == op.mark]
        drafts = [v for v, row in mine if row.action != "steward" and row.revision == op.revision]
        if len(kept) != 1 or (op.revision and not drafts):
            self.found.append(f"the bulk change {op.mark} by {op.writer} is not there once")
        return kept + drafts

    # the replay

    def _replay(self, version: int, row: AuditRow, op: Op | None) -> None:
        said = f"version {version} ({row.action} r{row.revision} by {row.actor})"
        if op is not None and op.action != "bulk":
            if (op.writer, op.action) != (row.actor, row.action):
                self.found.append(f"{said} was promised to {op.action} by {op.writer}")
            if op.action not in _OF_ENTRY and op.revision != row.revision:
                self.found.append(f"{said} was promised for r{op.revision}")
            if op.expected is not None and op.expected != version - 1:
                self.found.append(f"{said} went ahead on version {op.expected}: an update was lost")
        if row.action in _WRITES:
            self._write(said, row, op)
        elif row.action in _TO:
            self._move(said, row, op)
        elif row.action not in _OF_ENTRY:
            self.found.append(f"{said} is no step that is known")

    def _write(self, said: str, row: AuditRow, op: Op | None) -> None:
        if row.revision != len(self.known) + 1:
            self.found.append(f"{said} leaves a gap in the revisions")
        standing = [known for known in self.known.values() if known.status != "withdrawn"]
        if standing and standing[-1].status == "draft" and _same(standing[-1].author, row.actor):
            standing[-1].status = "withdrawn"
        digest = str(row.detail.get("content_hash"))
        self.known[row.revision] = _Known(row.actor, digest)
        if op is not None and op.action in ("create", "edit") and op.content_hash != digest:
            self.found.append(f"{said} stored another content than was sent")
        source = self.known.get(row.detail.get("of", 0))
        if row.action == "rollback" and source is None:
            self.found.append(f"{said} rolled back to a revision that is not there")

    def _move(self, said: str, row: AuditRow, op: Op | None) -> None:
        known = self.known.get(row.revision)
        if known is None:
            self.found.append(f"{said} is about a revision that is not there")
            return
        if known.status not in _FROM[row.action]:
            self.found.append(f"{said} came upon a revision that was {known.status}")
        own = _same(known.author, row.actor)
        if row.action == "approve":
            if own:
                self.found.append(f"{said} approved their own")
            known.approved_by = row.actor
            known.approved_hash = op.content_hash if op else ""
            if known.approved_hash != known.content_hash:
                self.found.append(f"{said} approved a content that nobody had put up")
        elif row.action == "discard" and not own:
            self.found.append(f"{said} discarded the work of {known.author}")
        elif row.action == "reject":
            known.approved_by = known.approved_hash = ""
        elif row.action == "publish" and not known.approved_hash:
            self.found.append(f"{said} published what nobody had approved")
        known.status = _TO[row.action]

    # what is there in the end

    def _compare_final(self) -> None:
        entry = self.entry
        if entry.version != len(self.rows):
            self.found.append(f"is at version {entry.version} after {len(self.rows)} changes")
        if [r.number for r in entry.revisions] != sorted(self.known):
            self.found.append("has not the revisions that the log tells of")
            return
        for revision in entry.revisions:
            known = self.known[revision.number]
            stored = (revision.author, revision.status.value, revision.content_hash)
            if stored != (known.author, known.status, known.content_hash):
                self.found.append(f"r{revision.number} is {stored}, which no step led to")
            if revision.approved_by != known.approved_by:
                self.found.append(
                    f"r{revision.number} has the approval of {revision.approved_by!r}"
                )
            published = revision.published_at is not None
            if published and revision.content.digest() != known.approved_hash:
                self.found.append(f"r{revision.number} was published unlike it was approved")

    def _check_bases(self) -> None:
        """Every edit was made on the revision that was the newest at the version it named."""
        for op in self.ops:
            if op.action == "edit" and op.outcome == OK and op.expected:
                there = self.newest[op.expected - 1] if op.expected <= len(self.newest) else ""
                if op.base_hash != there:
                    self.found.append(f"the edit of {op.writer} was based on what was not there")
            if op.outcome == CONFLICT and not (op.expected or 0) < op.version <= len(self.rows):
                self.found.append(f"{op.writer} was told of a conflict that there was not")

    # in order of time

    def _check_order(self) -> None:
        """Nobody is given an older version than anybody was told before they asked."""
        told = [(op.ended, op.version) for op in self.ops if op.outcome == OK and op.version]
        told += [(op.read_ended, op.seen) for op in self.ops if op.seen]
        asked = [(op.read_began, op.seen, 0, op) for op in self.ops if op.seen]
        asked += [
            (op.began, op.version, 1, op) for op in self.ops if op.outcome == OK and op.version
        ]
        told.sort()
        asked.sort(key=lambda one: one[0])
        place = latest = 0
        for began, version, more, op in asked:
            while place < len(told) and told[place][0] < began:
                latest = max(latest, told[place][1])
                place += 1
            if version < latest + more:
                self.found.append(
                    f"{op.writer} got version {version} after {latest} was known ({op.action})"
                )


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def counted(ops: Iterable[Op]) -> dict[str, dict[str, int]]:
    """How often each action came out how."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for op in ops:
        counts[op.action][op.outcome] += 1
    return {action: dict(sorted(by.items())) for action, by in sorted(counts.items())}


def all_in(folder: Path) -> Iterator[Op]:
    """The operations in all files of a folder."""
    for path in sorted(folder.glob("*.jsonl")):
        yield from read(path)
