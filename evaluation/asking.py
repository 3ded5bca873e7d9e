"""How a measurement asks: the request of a search with what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.results import MAX_CONTEXT, MAX_QUERY, SearchRequest


def with_context(
    request: SearchRequest, context: Sequence[str], answered: str = ""
) -> SearchRequest:
    """The request with the customer's earlier turns, oldest first, and what was answered last.

    Both are cut to what a search takes. Blank turns are left out; without any turn it is the
    request itself.
    """
    turns = [turn[:MAX_QUERY] for turn in context if turn.strip()]
    if not turns:
        return request
    return replace(request, context=tuple(turns[-MAX_CONTEXT:]), answered=answered[:MAX_QUERY])
