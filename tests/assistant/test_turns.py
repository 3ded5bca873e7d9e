"""Work that takes turns: order, mistakes, how many at once, and which requests are in the queue."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from assistant.accounts.roles import Role
from assistant.web import context
from assistant.web.app import create_app
from assistant.web.turns import Turns
from assistant.wiring import Services


class Queue:
    """Threads that come one after the other and note when they are let in."""

    def __init__(self, turns: Turns) -> None:
        self.entered: list[int] = []
        self.inside = 0
        self.most = 0
        self._turns = turns
        self._go = threading.Event()
        self._threads: list[threading.Thread] = []

    def join(self, number: int) -> None:
        """One more comes, and is inside or waiting when this returns."""
        before = self._turns.waiting + len(self.entered)
        thread = threading.Thread(target=self._work, args=(number,))
        self._threads.append(thread)
        thread.start()
        while self._turns.waiting + len(self.entered) == before:
            assert thread.is_alive()

    def finish(self) -> None:
        """Let everybody do their work."""
        self._go.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        with self._turns:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.entered.append(number)
            self._go.wait()
            self.inside -= 1


def test_who_came_first_goes_first() -> None:
    queue = Queue(Turns())
    for number in range(6):
        queue.join(number)
    assert queue.entered == [0]
    queue.finish()
    assert queue.entered == list(range(6))


def test_no_more_are_inside_than_may_be() -> None:
    queue = Queue(Turns(2))
    for number in range(6):
        queue.join(number)
    assert sorted(queue.entered) == [0, 1]
    queue.finish()
    assert sorted(queue.entered) == list(range(6))
    assert queue.most == 2


def test_a_mistake_gives_the_turn_back() -> None:
    turns = Turns()
    with pytest.raises(ValueError), turns:
        raise ValueError
    with turns:
        assert turns.waiting == 0


def test_staff_do_not_wait_for_customers(
    services: Services, token_of: Callable[[Role], str]
) -> None:
    app = create_app(services, testing=True)
    staff = {"Authorization": f"Bearer {token_of(Role.AGENT)}"}
    with app.extensions[context.CUSTOMERS_TURNS], app.extensions[context.CUSTOMERS_TURNS]:
        answer = app.test_client().post("/api/v1/search", json={"query": "退货"}, headers=staff)
    assert answer.status_code == 200
    taken = threading.Event()
    searched = threading.Thread(
        target=lambda: (
            app.test_client().post("/api/v1/search", json={"query": "退货"}, headers=staff),
            taken.set(),
        )
    )
    with app.extensions[context.STAFF_TURNS]:
        searched.start()
        while not app.extensions[context.STAFF_TURNS].waiting:
            assert searched.is_alive()
        assert not taken.is_set()
    searched.join()
    assert taken.is_set()
