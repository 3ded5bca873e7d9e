"""Builds the staff index and the physically separate public one from the knowledge base.

Both hold only published revisions that are, were or will be in force. The public folder is made
from customers' revisions alone: no text, title, id or count of anything else reaches its files.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from indexer import catalogue, generations, interaction, publishing, vocabulary
from indexer.chunking import CHUNKING_VERSION
from indexer.encoder import Encoder
from indexer.keywords import KeywordIndex
from indexer.preparation import Prepared, Preparer, Progress, facts_of, in_force
from indexer.text import ANALYSIS_VERSION
from kb.model import Audience, Entry, Revision
from kb.validity import Span

log = logging.getLogger(__name__)
STAFF = "staff"
PUBLIC = "public"


# Live generation, content hash of each revision, spans.
_Published = tuple[str, dict[tuple[str, int], str], list[Span]]


class Source(Protocol):
    """The part of `kb.knowledge.KnowledgeBase` that the index is built from."""

    def snapshot(self) -> Sequence[Entry]:
        """All entries with all their revisions."""
        ...

    def last_change(self) -> int:
        """Number of the newest change."""
        ...


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        generation: Name of the live staff generation.
        embedded: Texts that had to be encoded.
        reused: Texts whose vectors were known.
        chunks: Chunks in the staff index.
        seconds: How long it took.
        public_generation: Name of the live public generation.
        changed: Whether anything differs from before.
    """

    generation: str
    embedded: int
    reused: int
    chunks: int
    seconds: float
    public_generation: str
    changed: bool


class Indexer:
    """Keeps the indexes under one root in step with a knowledge base.

    Keeps chunks, terms and vectors in memory between builds, so that a publish costs little more
    than writing the files.

    Args:
        kb: Where entries come from.
        encoder: What embeds them.
        root: Folder of both indexes, usually `<data>/index`.
    """

    def __init__(self, kb: Source, encoder: Encoder, root: Path) -> None:
        self._kb, self._encoder, self._root = kb, encoder, root
        self._preparer = Preparer(encoder)
        self._recalled = False
        self._seen: int | None = None
        self._published: dict[str, _Published] = {}

    def build(self, progress: Progress | None = None) -> BuildReport:
        """Build both indexes and make them live; unchanged ones are left alone.

        Args:
            progress: Called with the texts encoded so far and their number in all.

        Raises:
            NotAllowed: Another process is building.
            StorageFull: The disk is full; what was live stays live.
        """
        started = time.perf_counter()
        with publishing.writer(self._root):
            self._recall()
            change = self._kb.last_change()
            revisions, held = in_force(self._kb.snapshot())
            prepared = self._preparer.prepare(revisions, progress)
            public = [
                (r, p)
                for r, p in zip(revisions, prepared, strict=True)
                if r.content.audience is Audience.CUSTOMER
            ]
            public_name, public_new = self._publish(
                PUBLIC, [r for r, _ in public], [p for _, p in public], held
            )
            name, new = self._publish(STAFF, revisions, prepared, held)
            self._preparer.forget_others(revisions)
            self._seen = change
        return BuildReport(
            name,
            self._preparer.embedded,
            self._preparer.reused,
            sum(len(p.chunks) for p in prepared),
            time.perf_counter() - started,
            public_name,
            new or public_new,
        )

    def build_if_changed(self, progress: Progress | None = None) -> BuildReport | None:
        """Build when the knowledge base changed, or when a live generation has gone.

        Returns:
            The report, or None when nothing had to be done.
        """
        live = self._is_live(STAFF) and self._is_live(PUBLIC)
        if live and self._seen == self._kb.last_change():
            return None
        return self.build(progress)

    def _is_live(self, part: str) -> bool:
        root = self._root / part
        name = generations.current(root)
        return bool(name) and generations.folder(root, name).is_dir()

    def _recall(self) -> None:
        """Take vectors from the live generation once, if it is whole and of this encoder."""
        if self._recalled:
            return
        encoder = facts_of(self._encoder)  # may ask a remote one; if that fails, try again later
        self._recalled = True
        self._preparer.recall(self._root / STAFF, encoder)

    def _publish(
        self,
        part: str,
        revisions: Sequence[Revision],
        prepared: Sequence[Prepared],
        held: Sequence[Span],
    ) -> tuple[str, bool]:
        """Publish one index, unless what it would hold is what this indexer published last."""
        root = self._root / part
        own = {(r.entry_id, r.number): r.content_hash for r in revisions}
        spans_ = [span for span in held if (span.entry_id, span.revision) in own]
        published = (generations.current(root), own, spans_)
        if published == self._published.get(part) and self._is_live(part):
            return published[0], False
        files = catalogue.files(
            revisions,
            [p.stored for p in prepared],
            spans_,
            KeywordIndex.build([document for p in prepared for document in p.documents]),
            self._preparer.vectors(prepared),
        )
        files |= vocabulary.files(
            (r.content.audience, p.forms) for r, p in zip(revisions, prepared, strict=True)
        )
        files |= interaction.files([words for p in prepared for words in p.tokens])
        if part == STAFF:
            files |= catalogue.hash_file([p.stored for p in prepared])
        counts = {"revisions": len(revisions), "chunks": sum(len(p.chunks) for p in prepared)}
        name, new = publishing.publish(root, files, {**self._facts(), "counts": counts})
        self._published[part] = (name, own, spans_)
        return name, new

    def _facts(self) -> dict[str, Any]:
        return {
            "analysis": ANALYSIS_VERSION,
            "chunking": CHUNKING_VERSION,
            "encoder": facts_of(self._encoder),
        }


def build(
    kb: Source, encoder: Encoder, root: Path, progress: Progress | None = None
) -> BuildReport:
    """Build both indexes under `root` once; see `Indexer.build`."""
    return Indexer(kb, encoder, root).build(progress)
