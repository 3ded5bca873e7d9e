"""Revisions made ready for an index: chunks, keyword terms, vectors; everything known is reused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer import generations
from indexer.catalogue import HASHES, StoredChunk, load, load_vectors
from indexer.chunking import EMBEDDED, FIELDS, Chunk, chunks
from indexer.encoder import Encoder
from indexer.interaction import Tokens, tokens_of
from indexer.keywords import Document
from indexer.masks import EPOCH
from indexer.text import fold, normalise, terms
from indexer.vocabulary import Forms, forms
from kb.model import Entry, Revision, Status
from kb.validity import Span, spans

Progress = Callable[[int, int], None]
_BATCH = 256
_EMBEDDED = frozenset(FIELDS.index(field) for field in EMBEDDED)
_NOTHING = Document.of(())


@dataclass(frozen=True, slots=True)
class Prepared:
    """A revision's chunks, as they are stored, with their terms, words and vocabulary."""

    chunks: tuple[Chunk, ...]
    stored: tuple[StoredChunk, ...]
    documents: tuple[Document, ...]
    forms: Forms
    tokens: tuple[Tokens, ...]


class Preparer:
    """Prepares revisions; keeps what it has prepared until `forget_others`.

    Attributes:
        embedded: Texts encoded since the last `prepare` began.
        reused: Texts whose vectors were known already.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.embedded = self.reused = 0
        self._prepared: dict[tuple[str, int, str], Prepared] = {}
        self._vectors: dict[bytes, NDArray[np.float16]] = {}

    def recall(self, root: Path, encoder: Mapping[str, Any]) -> None:
        """Take over the vectors of the live generation, if it is whole and of this encoder.

        Args:
            root: Folder of the index.
            encoder: What `facts_of` says of the encoder.
        """
        name = generations.current(root)
        if not name:
            return
        place = generations.folder(root, name)
        try:
            manifest = generations.read_manifest(place)
        except generations.DamagedGeneration:
            return
        same = manifest.facts.get("encoder") == encoder
        if same and not generations.damaged_files(place, manifest):
            self.remember(place)

    def remember(self, folder: Path) -> None:
        """Take over the vectors of an undamaged generation made by the same encoder."""
        keys, vectors = load(folder / HASHES), load_vectors(folder)
        for key, vector in zip(keys, vectors, strict=True):
            self._vectors[key.tobytes()] = vector

    def prepare(
        self, revisions: Sequence[Revision], progress: Progress | None = None
    ) -> list[Prepared]:
        """Chunks and terms of the revisions, in order; afterwards `vectors` knows theirs.

        Args:
            revisions: What the index is to hold.
            progress: Called with the texts encoded so far and their number in all.
        """
        found = [self._prepare(revision) for revision in revisions]
        self._embed(found, progress)
        return found

    def vectors(self, prepared: Sequence[Prepared]) -> NDArray[np.float16]:
        """One row for each chunk; zeros for labels, which are searched by keyword only."""
        flat = [chunk for part in prepared for chunk in part.stored]
        array = np.zeros((len(flat), self.encoder.dimensions), dtype=np.float16)
        for row, chunk in enumerate(flat):
            if chunk.field in _EMBEDDED:
                array[row] = self._vectors[chunk.digest]
        return array

    def forget_others(self, revisions: Iterable[Revision]) -> None:
        """Drop everything that belongs to none of these revisions."""
        self.keep_only({_identity(revision) for revision in revisions})

    def keep_only(self, wanted: Collection[tuple[str, int, str]]) -> None:
        """Drop everything but revisions of these entries, numbers and content hashes."""
        if self._prepared.keys() <= set(wanted):
            return
        self._prepared = {k: p for k, p in self._prepared.items() if k in wanted}
        used = {chunk.digest for part in self._prepared.values() for chunk in part.stored}
        self._vectors = {k: v for k, v in self._vectors.items() if k in used}

    def _prepare(self, revision: Revision) -> Prepared:
        identity = _identity(revision)
        if identity not in self._prepared:
            pieces = tuple(chunks(revision))
            found = [list(terms(normalise(piece.text))) for piece in pieces]
            # Counter-questions must never lead to their entry, so keywords do not know them.
            documents = tuple(
                _NOTHING if piece.field == "counter" else Document.of([term.text for term in part])
                for piece, part in zip(pieces, found, strict=True)
            )
            known = forms(zip(pieces, found, strict=True))
            stored = tuple(StoredChunk.of(revision, piece) for piece in pieces)
            words = tuple(tokens_of([normalise(piece.text) for piece in pieces]))
            self._prepared[identity] = Prepared(pieces, stored, documents, known, words)
        return self._prepared[identity]

    def _embed(self, prepared: Sequence[Prepared], progress: Progress | None) -> None:
        needed = {
            stored.digest: chunk.text
            for part in prepared
            for chunk, stored in zip(part.chunks, part.stored, strict=True)
            if stored.field in _EMBEDDED
        }
        new = [(key, text) for key, text in needed.items() if key not in self._vectors]
        self.embedded, self.reused = len(new), len(needed) - len(new)
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            rows = self.encoder.encode([fold(text) for _, text in batch]).astype(np.float16)
            for (key, _), row in zip(batch, rows, strict=True):
                self._vectors[key] = row
            if progress:
                progress(start + len(batch), len(new))


def facts_of(encoder: Encoder) -> dict[str, Any]:
    """What a generation states of the encoder that it was built with; may ask a remote one."""
    return {
        "name": encoder.name,
        "fingerprint": encoder.fingerprint,
        "dimensions": encoder.dimensions,
        "dtype": np.dtype(np.float16).name,
    }


def _identity(revision: Revision) -> tuple[str, int, str]:
    return revision.entry_id, revision.number, revision.content_hash


def in_force(entries: Sequence[Entry]) -> tuple[list[Revision], list[Span]]:
    """Published revisions that are ever in force, in a stable order, and their spans.

    Spans come from all entries at once, so that an internal entry ends the customers' entry it
    supersedes although the public index never hears of it.
    """
    published = {
        (revision.entry_id, revision.number): revision
        for entry in entries
        for revision in entry.revisions
        if revision.status is Status.PUBLISHED
    }
    held = [span for span in spans(entries) if (span.entry_id, span.revision) in published]
    held.sort(key=lambda span: (span.entry_id, span.revision, span.start or EPOCH))
    wanted = sorted({(span.entry_id, span.revision) for span in held})
    return [published[identity] for identity in wanted], held
