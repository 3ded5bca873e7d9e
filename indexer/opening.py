"""Opens the live generation, or the best that is left of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer import generations
from indexer.catalogue import VECTORS, Catalogue, load_keywords, load_vectors
from indexer.chunking import ASKED, BODY, CHUNKING_VERSION, EMBEDDED, FIELDS
from indexer.concepts import Concepts
from indexer.generations import DamagedGeneration, Manifest
from indexer.interaction import Interaction
from indexer.keywords import KeywordIndex
from indexer.masks import Masks
from indexer.text import ANALYSIS_VERSION
from indexer.vectors import FaissIndex, VectorIndex
from indexer.vocabulary import Vocabulary

Vectors = NDArray[np.float16] | NDArray[np.float32]
_RESIDENT = 32 << 20  # below that many bytes vectors are kept in memory in full precision
_SAMPLE = 512
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """One generation, ready to be searched; shared by threads, never changed.

    Attributes:
        name: Its name.
        catalogue: Revisions and chunks.
        keywords: Keyword index over the chunks.
        masks: The filter over the chunks.
        vectors: Vector index over the chunks; None in keyword-only mode.
        rows: The vectors themselves, memory-mapped when large; None in keyword-only mode.
        background: A sample of the vectors of titles and questions, and one of bodies: what a
            query's similarity to anything at all is like.
        vocabulary: Words by which mistyped ones are recognised.
        reason: Why it is degraded; empty when it is not.
    """

    name: str
    catalogue: Catalogue
    keywords: KeywordIndex
    masks: Masks
    vectors: VectorIndex | None
    rows: Vectors | None
    background: tuple[NDArray[np.float32], NDArray[np.float32]] | None
    vocabulary: Vocabulary
    interaction: Interaction
    concepts: Concepts
    reason: str = ""


def open_live(root: Path, fingerprint: str) -> Opened | None:
    """Open the live generation after checking the hash of every file.

    A damaged one is moved to quarantine and the newest undamaged one serves instead; when none is
    left, a damaged one serves by keywords as long as only its vectors are hurt. Vectors of another
    encoder are refused. Every such state is named in `reason`.

    Args:
        root: Folder of the index.
        fingerprint: Fingerprint of the encoder that will embed the queries.

    Returns:
        The generation, or None when there is none that can be read.
    """
    for _ in range(3):
        live = generations.current(root)
        found = _open_best(root, live, fingerprint)
        # A build may have replaced and removed what was being opened.
        if found is not None or generations.current(root) == live:
            return found
    return None


def _open_best(root: Path, live: str, fingerprint: str) -> Opened | None:
    lame: Opened | None = None
    trouble = ""
    order = [live, *(name for name in generations.names(root) if name != live)]
    for name in filter(None, order):
        place = generations.folder(root, name)
        try:
            manifest = generations.read_manifest(place)
            if not _readable(manifest):
                trouble = trouble or f"generation {name} was built by another version"
                continue
            damaged = generations.damaged_files(place, manifest)
            if not damaged:
                return _open(place, manifest, fingerprint, trouble)
            if damaged == (VECTORS,) and lame is None:
                lame = _open(place, manifest, "", f"generation {name} is damaged: keywords only")
            raise DamagedGeneration(place, damaged)
        except DamagedGeneration as error:
            log.error("%s", error)
            trouble = trouble or f"{error}; an older generation serves"
            generations.quarantine(root, name)
    return lame or _from_quarantine(root)


def _from_quarantine(root: Path) -> Opened | None:
    """Keywords of what another process has just moved away, until the builder replaces it."""
    for name in generations.quarantined(root):
        place = root / "quarantine" / name
        try:
            manifest = generations.read_manifest(place)
            if _readable(manifest) and generations.damaged_files(place, manifest) == (VECTORS,):
                return _open(place, manifest, "", f"generation {name} is damaged: keywords only")
        except (DamagedGeneration, FileNotFoundError):
            continue
    return None


def _readable(manifest: Manifest) -> bool:
    versions = (generations.FORMAT, ANALYSIS_VERSION, CHUNKING_VERSION)
    return tuple(manifest.facts.get(n) for n in ("format", "analysis", "chunking")) == versions


def _open(place: Path, manifest: Manifest, fingerprint: str, reason: str) -> Opened:
    """Open a verified generation; an empty fingerprint leaves the vectors out."""
    stored = None
    if fingerprint and manifest.facts["encoder"]["fingerprint"] == fingerprint:
        stored = load_vectors(place)
    elif fingerprint:
        built_by = manifest.facts["encoder"]["name"]
        reason = reason or f"built by another encoder ({built_by}): keywords only until rebuilt"
    return assemble(
        place.name,
        Catalogue.read(place),
        load_keywords(place),
        stored,
        Vocabulary.read(place),
        Interaction.read(place),
        reason,
    )


def assemble(
    name: str,
    catalogue: Catalogue,
    keywords: KeywordIndex,
    stored: NDArray[np.float16] | None,
    words: Vocabulary,
    met: Interaction,
    reason: str = "",
) -> Opened:
    """The parts of one generation made ready to be searched; without vectors: keywords only."""
    fields = np.asarray(catalogue.arrays["chunk_fields"], dtype=np.int64)
    answers = fields != FIELDS.index("counter")
    embedded = np.array([field in EMBEDDED for field in FIELDS])[fields]
    masks = Masks(catalogue.arrays, answers, embedded)
    rows: Vectors | None = None
    vectors: VectorIndex | None = None
    if stored is not None:
        vectors = FaissIndex(stored)
        rows = stored if stored.nbytes > _RESIDENT else stored.astype(np.float32)
    background = (
        None if rows is None else (_sample(rows, fields, ASKED), _sample(rows, fields, BODY))
    )
    return Opened(
        name,
        catalogue,
        keywords,
        masks,
        vectors,
        rows,
        background,
        words,
        met,
        Concepts(keywords),
        reason,
    )


def _sample(rows: Vectors, fields: NDArray[np.int64], names: frozenset[str]) -> NDArray[np.float32]:
    """Evenly spread vectors of chunks of some fields."""
    among = np.flatnonzero(np.isin(fields, [FIELDS.index(name) for name in names]))
    step = max(1, len(among) // _SAMPLE)
    return rows[among[::step][:_SAMPLE]].astype(np.float32)
