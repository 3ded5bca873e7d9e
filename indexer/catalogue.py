"""What an index knows about revisions and chunks: small tables, memory-mapped where they grow."""

from __future__ import annotations

import json
import mmap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.chunking import FIELDS, Chunk
from indexer.keywords import KeywordIndex, term_hash
from indexer.masks import ALL_CHANNELS, ALWAYS, FOREVER, bits, microseconds
from indexer.text import key
from kb.model import Audience, Channel, Kind, Revision
from kb.validity import Span

Array = NDArray[np.generic]
Writers = dict[str, Callable[[Path], None]]
KEYED = frozenset({"title", "question", "counter", "code"})
VECTORS = "vectors.npy"
HASHES = "chunk_hashes.npy"
_TABLES = (
    *("kinds", "audiences", "span_revisions", "span_starts", "span_ends"),
    *("chunk_revisions", "chunk_fields", "chunk_channels", "chunk_keys", "chunk_places"),
)
_KEYWORDS = tuple(KeywordIndex.__slots__)


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision as the index lists it."""

    entry_id: str
    number: int
    title: str
    lang: str


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A chunk as the index quotes it."""

    field: str
    heading: str
    anchor: str
    quote: str


class Catalogue:
    """The tables of one generation, never changed.

    Args:
        arrays: The tables by name, see `_TABLES`.
        revisions: The revisions, by row.
        text: The chunks as they are stored, one after another.

    Attributes:
        arrays: The tables by name.
        revisions: The revisions, by row.
        starts: First chunk of each revision, with the number of chunks at the end.
        chinese: Whether each revision is written in Chinese.
    """

    def __init__(
        self, arrays: dict[str, Array], revisions: list[RevisionRow], text: bytes | mmap.mmap
    ) -> None:
        self.arrays, self.revisions, self._text = arrays, revisions, text
        owners = arrays["chunk_revisions"]
        self.starts = np.searchsorted(owners, np.arange(len(revisions) + 1))
        self.chinese = np.array([r.lang.startswith("zh") for r in revisions], dtype=np.bool_)

    @classmethod
    def read(cls, folder: Path) -> Catalogue:
        """Open what `files` wrote, read-only."""
        lines = (folder / "revisions.jsonl").read_text("utf-8").splitlines()
        with (folder / "chunks.jsonl").open("rb") as stream:
            empty = not stream.seek(0, 2)
            text = b"" if empty else mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        return cls(
            {name: load(folder / f"{name}.npy") for name in _TABLES},
            [RevisionRow(*json.loads(line)) for line in lines],
            text,
        )

    @classmethod
    def of(
        cls,
        revisions: Sequence[Revision],
        chunks: Sequence[Sequence[StoredChunk]],
        spans: Sequence[Span],
    ) -> Catalogue:
        """The same tables in memory, without files; see `files` for the arguments."""
        rows = [
            RevisionRow(r.entry_id, r.number, r.content.title, r.content.lang) for r in revisions
        ]
        text = b"".join(chunk.line for part in chunks for chunk in part)
        return cls({**_revision_tables(revisions, spans), **_chunk_tables(chunks)}, rows, text)

    def chunk(self, row: int) -> ChunkRow:
        """The chunk in a row."""
        start, end = (int(place) for place in self.arrays["chunk_places"][row : row + 2])
        return ChunkRow(*json.loads(self._text[start:end]))

    def span(self, row: int) -> tuple[int, int]:
        """Start and end of a span, in microseconds."""
        return int(self.arrays["span_starts"][row]), int(self.arrays["span_ends"][row])


def load(path: Path) -> Array:
    """A stored array, memory-mapped unless it is small."""
    small = path.stat().st_size < 1 << 20
    array: Array = np.load(path, mmap_mode=None if small else "r", allow_pickle=False)
    return array


def load_vectors(folder: Path) -> NDArray[np.float16]:
    """The vectors of a generation, one row for each chunk."""
    array: NDArray[np.float16] = np.asanyarray(load(folder / VECTORS), dtype=np.float16)
    return array


def load_keywords(folder: Path) -> KeywordIndex:
    """The keyword index of a generation."""
    return KeywordIndex.from_arrays({n: load(folder / f"kw_{n}.npy") for n in _KEYWORDS})


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk in the form in which it is written; made once, however many builds follow."""

    line: bytes
    field: int
    channels: int
    key: int
    digest: bytes

    @classmethod
    def of(cls, revision: Revision, chunk: Chunk) -> StoredChunk:
        """The stored form of a chunk of a revision."""
        row = [chunk.field, chunk.heading, chunk.anchor, chunk.quote]
        allowed = bits(revision.content.channels, Channel) or ALL_CHANNELS
        return cls(
            json.dumps(row, ensure_ascii=False).encode() + b"\n",
            FIELDS.index(chunk.field),
            allowed & (bits(chunk.channels, Channel) or ALL_CHANNELS),
            term_hash(key(chunk.quote)) if chunk.field in KEYED else 0,
            bytes.fromhex(chunk.content_hash)[:16],
        )


def files(
    revisions: Sequence[Revision],
    chunks: Sequence[Sequence[StoredChunk]],
    spans: Sequence[Span],
    keywords: KeywordIndex,
    vectors: NDArray[np.float16],
) -> Writers:
    """Writers of all files of a generation.

    Args:
        revisions: The revisions, in the order of their rows.
        chunks: The chunks of each revision.
        spans: When each of these revisions is in force.
        keywords: Keyword index over all chunks in order.
        vectors: One row for each chunk.
    """
    arrays = {**_revision_tables(revisions, spans), **_chunk_tables(chunks)}
    arrays |= {f"kw_{name}": array for name, array in keywords.arrays().items()}
    writers: Writers = {f"{name}.npy": saver(array) for name, array in arrays.items()}
    writers[VECTORS] = saver(vectors)
    writers["chunks.jsonl"] = _text(b"".join(chunk.line for part in chunks for chunk in part))
    writers["revisions.jsonl"] = _text(b"".join(_revision_line(r) for r in revisions))
    return writers


def hash_file(chunks: Sequence[Sequence[StoredChunk]]) -> Writers:
    """Writer of the content hashes, by which the next build knows vectors that it can keep."""
    joined = b"".join(chunk.digest for part in chunks for chunk in part)
    return {HASHES: saver(np.frombuffer(joined, dtype=np.uint8).reshape(-1, 16))}


def _revision_tables(revisions: Sequence[Revision], spans: Sequence[Span]) -> dict[str, Array]:
    row = {(r.entry_id, r.number): at for at, r in enumerate(revisions)}
    kinds = [list(Kind).index(r.content.kind) for r in revisions]
    audiences = [list(Audience).index(r.content.audience) for r in revisions]
    starts = [microseconds(s.start) if s.start else ALWAYS for s in spans]
    ends = [microseconds(s.end) if s.end else FOREVER for s in spans]
    return {
        "kinds": np.array(kinds, dtype=np.uint8),
        "audiences": np.array(audiences, dtype=np.uint8),
        "span_revisions": np.array([row[s.entry_id, s.revision] for s in spans], dtype=np.int32),
        "span_starts": np.array(starts, dtype=np.int64),
        "span_ends": np.array(ends, dtype=np.int64),
    }


def _chunk_tables(chunks: Sequence[Sequence[StoredChunk]]) -> dict[str, Array]:
    flat = [chunk for part in chunks for chunk in part]
    owners = np.arange(len(chunks), dtype=np.int32)
    return {
        "chunk_revisions": np.repeat(owners, [len(part) for part in chunks]),
        "chunk_fields": np.array([chunk.field for chunk in flat], dtype=np.uint8),
        "chunk_channels": np.array([chunk.channels for chunk in flat], dtype=np.uint8),
        "chunk_keys": np.array([chunk.key for chunk in flat], dtype=np.uint64),
        "chunk_places": np.cumsum([0, *(len(chunk.line) for chunk in flat)], dtype=np.int64),
    }


def _revision_line(revision: Revision) -> bytes:
    content = revision.content
    row = [revision.entry_id, revision.number, content.title, content.lang]
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def saver(array: Array) -> Callable[[Path], None]:
    """A function that writes the array, without pickling, as an `.npy` file."""

    def save(path: Path) -> None:
        # Not np.save: it writes past Python, and a full disk would lose its error number.
        whole = np.ascontiguousarray(array)
        with path.open("wb") as stream:
            header = np.lib.format.header_data_from_array_1_0(whole)
            np.lib.format.write_array_header_1_0(stream, header)
            stream.write(whole.data)

    return save


def _text(content: bytes) -> Callable[[Path], None]:
    def save(path: Path) -> None:
        path.write_bytes(content)

    return save
