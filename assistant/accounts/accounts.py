"""Accounts as the rest of the product sees them: people, tokens and the throttle, put together."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from assistant.accounts.people import People
from assistant.accounts.store import AccountStore
from assistant.accounts.throttle import LoginThrottle
from assistant.accounts.tokens import Tokens
from kb.clock import Clock


class Accounts:
    """People who sign in, tokens for programs, and the brake on password guessing."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        store = AccountStore(engine)
        self.people = People(store, clock)
        self.tokens = Tokens(store, clock)
        self.throttle = LoginThrottle()
