"""Entries that ask or say nearly the same as a proposed revision, in whatever words.

Questions are near by their vectors, bodies by the pieces of text that they share; equal ones are
found by `kb.formats.duplicates.comparable`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.chunking import ASKED, BODY, FIELDS
from indexer.what_if import State
from kb.formats.duplicates import comparable
from kb.model import Audience, Revision
from kb.sections import plain_text

QUESTIONS_ALIKE = 0.9  # cosine from which two questions are the same in other words
BODIES_ALIKE = 0.6  # share of pieces
_WORTH_A_LOOK = 0.8  # cosine of two passages below which their bodies are not compared
_PIECE = 5
_LONGEST_KEPT = 10_000  # characters; 512 of these take 40 MiB
_SHORT = 16
_MOST = 20
_ASKED = np.array([name in ASKED and name != "code" for name in FIELDS])
_BODY = np.array([name in BODY for name in FIELDS])


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An entry in force that repeats the proposed one.

    Attributes:
        revision: What is in force.
        what: ``question`` or ``body``.
        similarity: 0 to 1; 1 for the same letters.
        quote: Its question, or the beginning of its body.
        mine: The question of the proposed revision that it repeats; empty for bodies.
    """

    revision: Revision
    what: str
    similarity: float
    quote: str
    mine: str = ""


def duplicates(state: State, mine: Revision, moment: datetime) -> list[Duplicate]:
    """The entries in force at a moment that repeat a revision of the state, the nearest first.

    Entries that the revision replaces, and cases (each tells what happened once), are left out.
    """
    found: dict[str, Duplicate] = {}
    for one in (*_by_question(state, mine, moment), *_by_body(state, mine, moment)):
        known = found.get(one.revision.entry_id)
        if known is None or one.similarity > known.similarity:
            found[one.revision.entry_id] = one
    order = sorted(found.values(), key=lambda one: (-one.similarity, one.revision.entry_id))
    return order[:_MOST]


def _by_question(state: State, mine: Revision, moment: datetime) -> Iterator[Duplicate]:
    own, others = _rows(state, mine, moment, _ASKED)
    if not len(own) or not len(others):
        return
    catalogue = state.opened.catalogue
    owners = catalogue.arrays["chunk_revisions"]
    vectors = state.opened.rows
    near = (
        vectors[others].astype(np.float32) @ vectors[own].astype(np.float32).T
        if vectors is not None
        else np.zeros((len(others), len(own)), dtype=np.float32)
    )
    keys = catalogue.arrays["chunk_keys"]
    same = (keys[others][:, None] == keys[own][None, :]) & (keys[own] != 0)[None, :]
    near = np.where(same, 1.0, np.minimum(near, 0.999))
    best = near.argmax(axis=1)
    for at in np.flatnonzero(near.max(axis=1) >= QUESTIONS_ALIKE):
        theirs = catalogue.chunk(int(others[at]))
        yield Duplicate(
            state.revisions[int(owners[others[at]])],
            "question",
            round(float(near[at, best[at]]), 3),
            theirs.quote,
            catalogue.chunk(int(own[best[at]])).quote,
        )


def _by_body(state: State, mine: Revision, moment: datetime) -> Iterator[Duplicate]:
    pieces = _pieces(mine.content.body)  # changes with every key: not kept
    if not len(pieces):
        return
    for other in _candidates(state, mine, moment):
        body = other.content.body
        theirs = _kept_pieces(body) if len(body) <= _LONGEST_KEPT else _pieces(body)
        if not len(theirs):
            continue
        common = len(np.intersect1d(pieces, theirs, assume_unique=True))
        share = common / (len(pieces) + len(theirs) - common)
        if share >= BODIES_ALIKE:
            equal = comparable(plain_text(other.content.body)) == comparable(
                plain_text(mine.content.body)
            )
            quote = " ".join(plain_text(other.content.body).split())[:120]
            yield Duplicate(other, "body", 1.0 if equal else round(min(share, 0.999), 3), quote)


def _candidates(state: State, mine: Revision, moment: datetime) -> Iterable[Revision]:
    """The revisions of which some passage is near to one of mine."""
    own, others = _rows(state, mine, moment, _BODY)
    vectors = state.opened.rows
    if vectors is None or not len(own) or not len(others):
        return []
    near = (vectors[others].astype(np.float32) @ vectors[own].astype(np.float32).T).max(axis=1)
    owners = state.opened.catalogue.arrays["chunk_revisions"][others[near >= _WORTH_A_LOOK]]
    return [state.revisions[int(row)] for row in np.unique(owners)]


def _rows(
    state: State, mine: Revision, moment: datetime, fields: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Chunks of some fields: those of the revision, and those of other entries in force."""
    opened = state.opened
    mask = opened.masks.at(moment, frozenset(Audience))
    owners = np.asarray(opened.catalogue.arrays["chunk_revisions"])
    wanted = fields[np.asarray(opened.catalogue.arrays["chunk_fields"])]
    left_out = {mine.entry_id, *mine.content.supersedes}
    is_mine = np.array(
        [r.entry_id == mine.entry_id and r.number == mine.number for r in state.revisions],
        dtype=bool,
    )
    compared = np.array(
        [
            r.entry_id not in left_out
            and r.content.kind != "case"
            and r.content.lang == mine.content.lang
            for r in state.revisions
        ],
        dtype=bool,
    )
    own = np.flatnonzero(wanted & is_mine[owners])
    others = np.flatnonzero(wanted & compared[owners] & mask.chunks)
    return own, others


@lru_cache(maxsize=512)
def _kept_pieces(body: str) -> NDArray[np.int64]:
    return _pieces(body)


def _pieces(body: str) -> NDArray[np.int64]:
    """All runs of a few letters in a body, as numbers, each once; none where it is too short."""
    text = comparable(plain_text(body))
    if len(text) < _SHORT:
        return np.empty(0, dtype=np.int64)
    found = {hash(text[at : at + _PIECE]) for at in range(len(text) - _PIECE + 1)}
    return np.fromiter(found, dtype=np.int64, count=len(found))
