"""The filter against a plain walk over spans, for random knowledge bases and filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.masks import ALL_CHANNELS, ALWAYS, FOREVER, Masks, bits, microseconds, moment
from kb.model import Audience, Channel, Kind

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(day: int | None, otherwise: int) -> int:
    return otherwise if day is None else microseconds(START + timedelta(days=day))


rows = st.lists(
    st.tuples(
        st.sampled_from(list(Kind)),
        st.sampled_from(list(Audience)),
        st.frozensets(st.sampled_from(list(Channel))),
        st.one_of(st.none(), st.integers(0, 20)),
        st.one_of(st.none(), st.integers(21, 40)),
    ),
    max_size=8,
)


def masks_of(made: list[tuple]) -> Masks:
    count = len(made)
    arrays = {
        "kinds": np.array([list(Kind).index(r[0]) for r in made], np.uint8),
        "audiences": np.array([list(Audience).index(r[1]) for r in made], np.uint8),
        "span_revisions": np.arange(count, dtype=np.int32),
        "span_starts": np.array([at(r[3], ALWAYS) for r in made], np.int64),
        "span_ends": np.array([at(r[4], FOREVER) for r in made], np.int64),
        "chunk_revisions": np.repeat(np.arange(count, dtype=np.int32), 2),
        "chunk_channels": np.repeat(
            np.array([bits(r[2], Channel) or ALL_CHANNELS for r in made], np.uint8), 2
        ),
    }
    answers = np.tile([True, False], count)
    return Masks(arrays, answers, np.ones(2 * count, bool))


@settings(max_examples=150)
@given(
    rows,
    st.integers(-5, 45),
    st.frozensets(st.sampled_from(list(Audience))),
    st.one_of(st.none(), st.frozensets(st.sampled_from(list(Kind)))),
    st.one_of(st.none(), st.sampled_from(list(Channel))),
)
def test_the_mask_is_what_a_walk_over_all_spans_finds(
    made: list[tuple],
    day: int,
    audiences: frozenset[Audience],
    kinds: frozenset[Kind] | None,
    channel: Channel | None,
) -> None:
    masks = masks_of(made)
    when = START + timedelta(days=day)
    for _ in range(2):  # the second time from the cache
        mask = masks.at(when, audiences, kinds, channel)
        for row, (kind, audience, channels, start, end) in enumerate(made):
            wanted = (
                audience in audiences
                and (kinds is None or kind in kinds)
                and (start is None or start <= day)
                and (end is None or day < end)
            )
            assert (mask.spans[row] >= 0) == wanted
            open_to = channel is None or not channels or channel in channels
            assert mask.chunks[2 * row] == (wanted and open_to)
            assert mask.searchable[2 * row] == mask.chunks[2 * row]
            assert not mask.searchable[2 * row + 1]
        assert list(np.unpackbits(mask.dense, count=2 * len(made), bitorder="little")) == list(
            mask.searchable.astype(int)
        )


def test_intervals_are_half_open_to_the_microsecond() -> None:
    masks = masks_of([(Kind.FAQ, Audience.CUSTOMER, frozenset(), 0, 21)])
    everyone = frozenset(Audience)
    instant = timedelta(microseconds=1)
    end = START + timedelta(days=21)
    seen = [
        bool(masks.at(when, everyone).spans[0] >= 0)
        for when in (START - instant, START, end - instant, end)
    ]
    assert seen == [False, True, True, False]


def test_moments_survive() -> None:
    when = datetime(2026, 6, 1, 3, 4, 5, 678901, tzinfo=UTC)
    assert moment(microseconds(when)) == when
    assert moment(ALWAYS) is None
    assert moment(FOREVER) is None
