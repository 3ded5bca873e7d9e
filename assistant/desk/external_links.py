"""Addresses outside that entries point their readers to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.model import Revision
from kb.sections import links

_SCHEMES = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class ExternalLink:
    """An address, and the revisions in which it stands."""

    url: str
    places: tuple[Revision, ...]


def collect(revisions: Iterable[Revision]) -> list[ExternalLink]:
    """Every http and https address in the texts of `revisions`, by address."""
    found: dict[str, dict[str, Revision]] = {}
    for revision in revisions:
        for link in links(revision.content.body):
            if link.target.lower().startswith(_SCHEMES):
                found.setdefault(link.target, {})[revision.entry_id] = revision
    return [ExternalLink(url, tuple(found[url].values())) for url in sorted(found)]
