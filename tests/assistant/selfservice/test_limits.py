"""Token buckets: what they hold, when they fill, how much they remember."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.selfservice import limits as module
from assistant.selfservice.limits import DEAREST, Kind, Limits, Rate, address_key
from kb.settings import Settings

RATES = {Kind.VISIT: Rate(60), Kind.ADDRESS: Rate(120), Kind.SITE: Rate(600)}
VISIT, OTHER = (Kind.VISIT, "v"), (Kind.VISIT, "w")
ADDRESS = (Kind.ADDRESS, "192.0.2.1")


class Timer:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def taken(limits: Limits, keys: Sequence[tuple[Kind, str]], cost: float = 1.0) -> int:
    """How often in a row one can take."""
    count = 0
    while limits.take(keys, cost) == 0:
        count += 1
    return count


def test_a_bucket_holds_half_a_minute_and_fills_steadily() -> None:
    timer = Timer()
    limits = Limits(RATES, timer)
    assert taken(limits, [VISIT]) == 30
    assert limits.take([VISIT]) == 1
    timer.now = 0.99
    assert limits.take([VISIT]) == 1
    timer.now = 1.0
    assert limits.take([VISIT]) == 0
    assert limits.take([VISIT], 5) == 5, "so long until there is enough for that"
    timer.now = 10_000.0
    assert taken(limits, [VISIT]) == 30, "it never holds more"


def test_what_costs_more_empties_it_sooner() -> None:
    assert taken(Limits(RATES, Timer()), [VISIT], 3) == 10
    assert taken(Limits(RATES, Timer()), [VISIT], 0.125) == 240


def test_each_key_and_kind_has_its_own() -> None:
    limits = Limits(RATES, Timer())
    assert taken(limits, [VISIT]) == 30
    assert limits.take([OTHER]) == 0
    assert limits.take([(Kind.ADDRESS, "v")]) == 0


def test_all_are_taken_from_or_none() -> None:
    limits = Limits(RATES, Timer())
    assert taken(limits, [VISIT, ADDRESS]) == 30
    for _ in range(100):
        assert limits.take([VISIT, ADDRESS]) > 0
    assert taken(limits, [ADDRESS]) == 30, "refused requests cost the address nothing here"


def test_the_longest_wait_is_told() -> None:
    limits = Limits({Kind.VISIT: Rate(60), Kind.SITE: Rate(6)}, Timer())
    site = (Kind.SITE, "s")
    assert taken(limits, [site]) == 3
    assert taken(limits, [VISIT]) == 30
    assert limits.take([VISIT, site]) == 10


def test_memory_is_bounded_and_the_busiest_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 100)
    limits = Limits(RATES, Timer())
    assert taken(limits, [VISIT]) == 30
    for number in range(1_000):
        limits.take([(Kind.VISIT, str(number))])
        assert limits.take([VISIT]) > 0, "it goes on asking, so it is not forgotten"
    assert len(limits._buckets[Kind.VISIT]) == 100
    for number in range(100):
        limits.take([(Kind.VISIT, str(number))])
    assert limits.take([VISIT]) == 0, "forgotten, which makes it full"


def test_threads_together_take_no_more() -> None:
    limits = Limits(RATES, Timer())
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: limits.take([VISIT]), range(400)))
    assert waits.count(0) == 30


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(0.1, 20)), max_size=60))
def test_over_any_time_no_more_than_rate_and_burst(steps: list[tuple[float, float]]) -> None:
    timer = Timer()
    limits = Limits(RATES, timer)
    used = 0.0
    for pause, cost in steps:
        timer.now += pause
        wait = limits.take([VISIT], cost)
        if wait == 0:
            used += cost
        assert used <= 30 + timer.now + 1e-6
        assert wait == 0 or cost > 0


def test_after_the_wait_that_was_told_there_is_enough() -> None:
    timer = Timer()
    limits = Limits(RATES, timer)
    for cost in (1.0, 7.3, 29.9, 0.1):
        while (wait := limits.take([VISIT], cost)) == 0:
            pass
        timer.now += wait
        assert limits.take([VISIT], cost) == 0


@pytest.mark.parametrize(("workers", "share"), [(1, 1.0), (2, 0.5), (4, 0.25), (16, 0.25)])
def test_processes_share_what_was_set(settings: Settings, workers: int, share: float) -> None:
    several = replace(settings, workers=workers, widget_per_visit=80)
    assert taken(Limits.of(several), [VISIT]) == 40 * share


def test_the_smallest_rate_still_lets_the_dearest_through(settings: Settings) -> None:
    limits = Limits.of(replace(settings, workers=16, widget_per_visit=1))
    assert limits.take([VISIT], DEAREST) == 0
    assert limits.take([VISIT]) > 60


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("not an address", "not an address"),
        ("x" * 1000, "x" * 64),
    ],
)
def test_addresses_of_one_customer_are_one(address: str, key: str) -> None:
    assert address_key(address) == key
