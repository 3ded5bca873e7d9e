"""Sentences of different entries that speak of the same thing and disagree; no model needed.

Two sentences are taken to speak of one thing when their words overlap (a heading or a title may
supply what a sentence leaves unsaid) and nothing sets their subjects apart: another product, member
level, condition or period. They disagree when a figure of the same kind and place differs, when
one says yes and the other no, or when another one pays. Tiers (48 小时补 20 元, 7 天补 50 元) and
whatever the other entry says elsewhere too are no contradictions. Being strict keeps the board
credible; judged and tuned on labelled pairs, see `zhike evaluate freshness`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from kb.claims import POLARITY, Statement, agree, statements
from kb.comparing import Verdict, overlaps, verdict_of
from kb.model import Kind, Revision

_UPHOLDING = 0.6  # how alike a sentence must be that says the other side's figure too
_SHARED = 2  # words that two sentences must share to be looked at
_FREQUENT = 60  # a word in more sentences than this finds no partners
_REPLY_SCENE, _SCENE, _SELF_CONTAINED = 0.5, 0.01, 0.5


@dataclass(frozen=True, slots=True)
class ConflictPair:
    """Two revisions that disagree: their sentences and the differing texts ("60 元", "80 元").

    `kind` is what they disagree in: a kind of quantity, ``polarity``, or ``term:`` and its group.
    """

    a: Revision
    b: Revision
    sentence_a: str
    sentence_b: str
    what: tuple[str, str]
    kind: str = ""
    score: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    revision: Revision
    statement: Statement


def find(revisions: Iterable[Revision], about: str = "") -> list[ConflictPair]:
    """Every conflicting pair of sentences among `revisions`, all in force at the same time.

    With `about`, an entry's id, those of this entry alone: the same ones, found sooner.

    Cases tell what happened and are not compared; neither are revisions of one entry, entries of
    which one replaces the other, nor entries about different products or in different languages.
    Ordered by entry ids, then the most alike sentences first.
    """
    said = [
        _Said(revision, statement)
        for revision in revisions
        if revision.content.kind is not Kind.CASE
        for statement in statements(revision.content.title, revision.content.body)
    ]
    found: dict[tuple[str, str], list[ConflictPair]] = defaultdict(list)
    for one, other in _candidates(said, about):
        if _comparable(one.revision, other.revision) and _one_scene(one, other):
            left, right = sorted((one, other), key=lambda side: side.revision.entry_id)
            pair = _judge(left, right)
            if pair:
                found[left.revision.entry_id, right.revision.entry_id].append(pair)
    return [
        pair for key in sorted(found) for pair in sorted(found[key], key=lambda pair: -pair.score)
    ]


def _candidates(said: Sequence[_Said], about: str) -> Iterator[tuple[_Said, _Said]]:
    """Sentences of different entries, one of them `about` if given, that share uncommon words."""
    mine = {at for at, one in enumerate(said) if one.revision.entry_id == about}
    wanted = {word for at in mine for word in said[at].statement.words}
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, one in enumerate(said):
        for word in one.statement.words:
            if not about or word in wanted:
                places[one.revision.content.lang, word].append(index)
    shared: Counter[tuple[int, int]] = Counter()
    for having in places.values():
        if 1 < len(having) <= _FREQUENT:
            pairs = combinations(having, 2)
            shared.update((pair for pair in pairs if mine & set(pair)) if about else pairs)
    for (first, second), count in shared.items():
        one, other = said[first], said[second]
        if count >= _SHARED and one.revision.entry_id != other.revision.entry_id:
            yield one, other


def _comparable(a: Revision, b: Revision) -> bool:
    one, other = a.content, b.content
    if b.entry_id in one.supersedes or a.entry_id in other.supersedes:
        return False
    return not (one.products and other.products and not set(one.products) & set(other.products))


def _one_scene(one: _Said, other: _Said) -> bool:
    """Whether two sentences can be held against each other though one belongs to a canned reply.

    A reply says what is done in the one scene that its title names.
    """
    replies = sum(side.revision.content.kind is Kind.REPLY for side in (one, other))
    if not replies:
        return True
    a, b = one.statement, other.statement
    return overlaps(a.around, b.around)[0] >= (_REPLY_SCENE if replies > 1 else _SCENE) or (
        replies == 1 and overlaps(a.words, b.words)[1] >= _SELF_CONTAINED
    )


def _judge(left: _Said, right: _Said) -> ConflictPair | None:
    verdict = verdict_of(left.statement, right.statement)
    if verdict is None or _upheld(left, right, verdict) or _upheld(right, left, verdict.turned()):
        return None
    a, b = verdict.first, verdict.second
    return ConflictPair(
        left.revision, right.revision, left.statement.sentence, right.statement.sentence,
        (a.text, b.text), a.kind, round(verdict.score, 3),
    )  # fmt: skip


def _upheld(mine: _Said, theirs: _Said, verdict: Verdict) -> bool:
    """Whether my entry says elsewhere, of the same thing, what their sentence says."""
    content, wanted = mine.revision.content, verdict.second
    return any(
        claim.kind == wanted.kind
        and agree(claim, wanted)
        and max(
            overlaps(statement.words, theirs.statement.words)[0],
            overlaps(claim.lead, wanted.lead)[0],
        )
        >= _UPHOLDING
        for statement in statements(content.title, content.body)
        if statement is not mine.statement and wanted.kind != POLARITY
        for claim in statement.claims
    )
