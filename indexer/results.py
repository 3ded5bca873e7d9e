"""What a search is asked and what it answers: plain frozen data, shared by every caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kb.model import Audience, Channel, Kind

EVERYBODY = frozenset({Audience.CUSTOMER})
MAX_QUERY = 2_000
MAX_LIMIT = 100
MAX_CONTEXT = 100


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. Defaults are the safe ones: customers' audience, now, all kinds and channels.

    Attributes:
        query: 1 to 2,000 characters, anything a customer or an agent types.
        limit: How many entries to return at most (1 to 100).
        as_of: The moment whose rules are asked for, timezone-aware; None means now.
        audiences: Audiences the caller may read; an empty set finds nothing.
        kinds: Kinds wanted; None means all.
        channel: Only what may be used on this channel; None means any.
        context: Earlier turns of the one who asks, oldest first: at most 100, each of at most
            2,000 characters. A query that hangs on them (那多久到账?) is understood with them; any
            other is searched as if there were none.
        answered: What was last said to them, at most 2,000 characters; counts only with the
            context, by its most telling words: 银行卡呢 after 仓库验完货就给您退款.
    """

    query: str
    limit: int = 10
    as_of: datetime | None = None
    audiences: frozenset[Audience] = EVERYBODY
    kinds: frozenset[Kind] | None = None
    channel: Channel | None = None
    context: tuple[str, ...] = ()
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """Why an entry was found.

    Attributes:
        field: `title`, `question`, `section`, `reply`, `scene`, `cause`, `handling`,
            `policy_basis`, `outcome`, `tags` or `code` (entry id or short code).
        text: The matched title, question or passage, verbatim.
        terms: Surfaces to highlight, each verbatim in the title, the matched text or the snippet.
    """

    field: str
    text: str
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found: the revision in force at `as_of`, with the reasons.

    Attributes:
        entry_id: Stable id of the entry.
        revision: Number of the revision in force.
        kind: The entry's kind.
        title: The revision's title.
        snippet: Verbatim passage of the body around the hit: at most 120 characters for Chinese,
            220 otherwise. Equals the title when the body is empty.
        confidence: Calibrated probability (0 to 1) that this entry answers the query. It depends
            on query, context, revision and generation alone, not on the limit.
        matched: Field, text and terms that matched best.
        heading: Section the snippet stands in, levels joined by ` › `; may be empty.
        anchor: That section's anchor in the rendered page; may be empty.
        score_parts: The features behind `confidence`, by name.
        effective_from: Since when this revision is the one in force, UTC; None: always.
        effective_until: Until when (exclusive), UTC; None: open. Takes replacement by a later
            revision or by another entry into account.
        audience: Audience of the revision.
        lang: `zh-CN` or `en`.
    """

    entry_id: str
    revision: int
    kind: Kind
    title: str
    snippet: str
    confidence: float
    matched: Matched
    heading: str = ""
    anchor: str = ""
    score_parts: Mapping[str, float] = field(default_factory=dict)
    effective_from: datetime | None = None
    effective_until: datetime | None = None
    audience: Audience = Audience.CUSTOMER
    lang: str = "zh-CN"


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """Hits by falling confidence, with the state of the index that produced them.

    Attributes:
        hits: At most `limit` entries.
        answerable: Whether `any_answers` reaches the threshold.
        confidence: The best confidence (0 without hits).
        generation: Name of the index generation; empty when there is none.
        degraded: True when an older generation serves, vectors are refused, no index exists, or a
            remote encoder or the re-ranker does not answer.
        timings: Milliseconds by stage: `encode`, `mask`, `vectors`, `keywords`, `fuse`,
            `rerank` (with a re-ranker), `hits`, `total`.
        degraded_reason: Plain English for logs and the readiness page; empty when healthy.
        context_used: The words of earlier turns that the query was understood with; empty when
            it was searched alone.
        corrected: The query as it was read, where mistyped words were taken for others (退贷 for
            退货, tuihuo); empty when it was read as it stands.
        any_answers: Calibrated probability that any entry at all answers the query.
    """

    hits: tuple[Hit, ...] = ()
    answerable: bool = False
    confidence: float = 0.0
    generation: str = ""
    degraded: bool = False
    timings: Mapping[str, float] = field(default_factory=dict)
    degraded_reason: str = ""
    context_used: tuple[str, ...] = ()
    corrected: str = ""
    any_answers: float = 0.0
