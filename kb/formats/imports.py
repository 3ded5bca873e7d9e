"""Imports from the upload to the last row: read, planned, stored, carried out, continued.

A run's plan is stored, and every batch of entries is written in one transaction together with
the note that its rows are done. Killed at any moment it goes on where it stopped, and nothing is
done twice, also when two work on the same run.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from sqlalchemy.engine import Connection

from kb import store
from kb.errors import InvalidInput, NotAllowed, NotFound, Problem, StorageFull
from kb.formats import limits, runs, sandbox
from kb.formats.applying import carry_out, rehearse
from kb.formats.failures import failed_csv
from kb.formats.planning import Outcome, PlannedRow, Progress, planned
from kb.formats.proposals import ImportOptions
from kb.formats.records import Refused
from kb.formats.runs import ApplyOptions, Run, RunState
from kb.images import REFERENCE, ImageStore
from kb.knowledge import KnowledgeBase
from kb.lifecycle import same_person
from kb.model import Entry
from kb.transaction import Transaction, load
from kb.validation import line_problem

_TURNS = 50
_ALL_TURNS = 1 << 30
_CHUNK = 500
_KEEP = timedelta(days=30)
_ID = re.compile(r"[0-9a-f]{16}")
_UNSAFE = re.compile(r"[^\w.()（）【】 -]+")


class Imports:
    """The imports of one knowledge base; files and pictures are kept under the data folder."""

    def __init__(self, kb: KnowledgeBase, data: Path) -> None:
        self._kb = kb
        self._folder = data / "imports"
        self.images = ImageStore(data / "images")

    def receive(
        self,
        name: str,
        file: IO[bytes],
        actor: str,
        options: ImportOptions | None = None,
        *,
        trusted: bool = False,
    ) -> Run:
        """Keep a file for an import that `plan` is to read; runs of long ago are forgotten.

        `trusted` files of our own form bring status, people and record times along. Raises
        InvalidInput for a file that is too large and options that cannot be.
        """
        options = options or ImportOptions()
        shown = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1])[-150:].strip()
        if message := line_problem(options.owner):
            raise InvalidInput([Problem("", 0, "owner", message)])
        now = self._kb.clock()
        run_id = secrets.token_hex(8)
        size = self._keep(run_id, shown, file)
        run = Run(
            run_id, shown, size, now, actor, trusted, options, RunState.READING, "", (), (), 0, 0,
            ApplyOptions(), "", now, {},
        )  # fmt: skip
        with store.write(self._kb.engine) as connection:
            gone = runs.forget(connection, now - _KEEP)
            runs.add(connection, run)
        for old in gone:
            shutil.rmtree(self._folder / old, ignore_errors=True)
        return self.run(run_id)

    def run(self, run_id: str) -> Run:
        """The run as it is now; NotFound."""
        with store.read(self._kb.engine) as connection:
            return self._found(connection, run_id)

    def newest(self, limit: int = 20) -> list[Run]:
        """The newest runs, newest first."""
        with store.read(self._kb.engine) as connection:
            return runs.newest(connection, limit)

    def rows(
        self,
        run_id: str,
        outcomes: Sequence[Outcome] = (),
        *,
        duplicates_only: bool = False,
        limit: int = 100,
        after: int = 0,
    ) -> list[PlannedRow]:
        """Rows of a run by number; see `kb.formats.runs.rows`."""
        with store.read(self._kb.engine) as connection:
            return runs.rows(
                connection,
                run_id,
                outcomes,
                duplicates_only=duplicates_only,
                limit=limit,
                after=after,
            )

    def row(self, run_id: str, number: int) -> PlannedRow:
        """One row of a run; NotFound."""
        found = self.rows(self.run(run_id).id, limit=1, after=number - 1)
        if not found or found[0].number != number:
            raise NotFound(f"the import {run_id} has no row {number}")
        return found[0]

    def failed(self, run_id: str, lang: str = "zh-CN") -> Iterator[bytes]:
        """The failed rows as CSV: the columns they came with, then where they stood and why."""
        run = self.run(run_id)
        return failed_csv(run.heads, self._all(run_id, Outcome.FAILED), lang)

    def _all(self, run_id: str, outcome: Outcome) -> Iterator[PlannedRow]:
        after = 0
        while batch := self.rows(run_id, (outcome,), limit=_CHUNK, after=after):
            yield from batch
            after = batch[-1].number

    def plan(self, run_id: str, progress: Progress | None = None) -> Run:
        """Read the run's file and store what importing it would do; nothing else is changed.

        `progress(done, total)` is called now and then; others see the same in the run. A run that
        is planned already stays as it is.
        """
        run = self.run(run_id)
        if run.state is not RunState.READING:
            return run

        def advance(done: int, total: int) -> None:
            self._change(run_id, done=done, total=total)
            if progress:
                progress(done, total)

        try:
            records = sandbox.read(
                self._upload(run), run.name, self._pictures(run_id), run.options.split
            )
            plan = planned(
                records,
                self._kb.snapshot(),
                run.options,
                self._kb.site_tz,
                self._kb.clock(),
                trusted=run.trusted,
                progress=advance,
            )
        except Refused as error:
            self._change(run_id, state=RunState.REFUSED.value, reason=str(error))
            return self.run(run_id)
        with store.write(self._kb.engine) as connection:
            runs.clear_rows(connection, run_id)
        for start in range(0, len(plan.rows), _CHUNK):
            with store.write(self._kb.engine) as connection:
                runs.add_rows(connection, run_id, plan.rows[start : start + _CHUNK])
        count = len(plan.rows)
        self._change(
            run_id,
            heads=plan.heads,
            notes=plan.notes,
            done=count,
            total=count,
            state=RunState.READY.value,
        )
        return self.run(run_id)

    def apply(
        self,
        run_id: str,
        actor: str,
        how: ApplyOptions | None = None,
        progress: Progress | None = None,
    ) -> Run:
        """Carry out a planned run, or what is left of one that was interrupted.

        Rows that are good go in, as drafts of who uploaded the file or published; bad ones stay
        out. A run that is done stays as it is. One that was begun goes on as it was begun.
        Raises NotAllowed when it is not planned, or published by who uploaded it.
        """
        run = self.begin(run_id, actor, how)
        if run.state is RunState.DONE:
            return run
        if run.state is RunState.READING:
            raise NotAllowed(f"the import {run_id} is not ready: it is {run.state}")
        self._keep_pictures(run)
        while True:
            with store.write(self._kb.engine) as connection:
                groups = runs.waiting(connection, run_id, _TURNS)
                if groups:
                    self._batch(connection, run, actor, groups)
                done, total = runs.work_left(connection, run_id)
                state = RunState.APPLYING if groups else RunState.DONE
                now = self._kb.clock()
                runs.change(connection, run_id, now, done=done, total=total, state=state.value)
            if progress:
                progress(done, total)
            if not groups:
                return self.run(run_id)

    def begin(self, run_id: str, actor: str, how: ApplyOptions | None = None) -> Run:
        """Note that somebody works on the run, from now on or again; `apply` does this first.

        Others see at once that it is under way. A run that was begun goes on as it was begun, and
        one that is read is left to `plan`. Raises NotAllowed as `apply` does.
        """
        how = how or ApplyOptions()
        with store.write(self._kb.engine) as connection:
            run = self._found(connection, run_id)
            if run.state is RunState.DONE:
                return run
            if run.state in (RunState.READING, RunState.APPLYING):
                runs.change(connection, run_id, self._kb.clock())
                return self._found(connection, run_id)
            if run.state is not RunState.READY:
                raise NotAllowed(f"the import {run_id} is not ready: it is {run.state}")
            if how.approved_by and same_person(run.created_by, how.approved_by):
                raise NotAllowed(
                    f"{how.approved_by} brought this file; somebody else has to publish it, "
                    "or it goes in as drafts"
                )
            _done, total = runs.work_left(connection, run_id)
            values = {"state": RunState.APPLYING.value, "done": 0, "total": total}
            runs.change(connection, run_id, self._kb.clock(), how=how, applied_by=actor, **values)
            return self._found(connection, run_id)

    def rehearsed(self, run_id: str, actor: str, how: ApplyOptions) -> list[Entry]:
        """The entries that carrying out a planned run would change, as they would be then."""
        with store.read(self._kb.engine) as connection:
            run = replace(self._found(connection, run_id), how=how)
            work = Transaction(connection, actor, self._kb.clock())
            groups = runs.waiting(connection, run_id, _ALL_TURNS)
            found: list[Entry] = []
            for start in range(0, len(groups), _CHUNK):
                some = groups[start : start + _CHUNK]
                known = {e.id: e for e in load(connection, [group[0].entry_id for group in some])}
                after = (rehearse(work, run, known.get(g[0].entry_id), g) for g in some)
                found += [entry for entry in after if entry is not None]
            return found

    def _batch(
        self, connection: Connection, run: Run, actor: str, groups: list[list[PlannedRow]]
    ) -> None:
        """Write the entries of some groups and note their rows as done, in one transaction."""
        work = Transaction(connection, actor, self._kb.clock())
        found = load(connection, [group[0].entry_id for group in groups])
        entries = {entry.id: entry for entry in found}
        finished: list[PlannedRow] = []
        for group in groups:
            finished += carry_out(work, run, entries.get(group[0].entry_id), group)
        runs.carried_out(connection, run.id, finished)

    def _found(self, connection: Connection, run_id: str) -> Run:
        found = runs.find(connection, run_id) if _ID.fullmatch(run_id) else None
        if found is None:
            raise NotFound(f"there is no import {run_id!r}")
        return found

    def _change(self, run_id: str, **values: Any) -> None:  # noqa: ANN401
        with store.write(self._kb.engine) as connection:
            runs.change(connection, run_id, self._kb.clock(), **values)

    def _keep(self, run_id: str, name: str, file: IO[bytes]) -> int:
        """Copy the upload, at most as large as allowed; gives its size."""
        folder = self._folder / run_id
        size = 0
        try:
            folder.mkdir(mode=0o700, parents=True)
            with (folder / "upload").open("wb") as kept:
                while block := file.read(limits.MIB):
                    size += len(block)
                    if size > limits.MAX_FILE:
                        most = limits.MAX_FILE // limits.MIB
                        raise InvalidInput([Problem(name, 0, "file", f"is larger than {most} MiB")])
                    kept.write(block)
        except BaseException as error:
            shutil.rmtree(folder, ignore_errors=True)
            if store.is_full(error):
                raise StorageFull("the disk is full; the file was not kept") from error
            raise
        return size

    def _upload(self, run: Run) -> Path:
        return self._folder / run.id / "upload"

    def _pictures(self, run_id: str) -> Path:
        return self._folder / run_id / "images"

    def _keep_pictures(self, run: Run) -> None:
        """Put the file's pictures where entries find them."""
        folder = self._pictures(run.id)
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if REFERENCE.fullmatch(f"![](image:{path.name})"):
                self.images.put(path.read_bytes())
