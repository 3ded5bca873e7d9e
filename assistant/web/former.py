"""What the caller could read while it held: its title may be named after it was withdrawn."""

from __future__ import annotations

from assistant.catalogue import Catalogue
from assistant.web import context, labels
from kb.model import Revision


def once_open(revision: Revision | None) -> Revision | None:
    """The revision, if it was published for an audience of the caller's, whatever came of it."""
    if revision is None or revision.published_at is None:
        return None
    return revision if revision.content.audience in context.principal().audiences else None


def last_title(catalogue: Catalogue, entry_id: str) -> str:
    """The title of an entry as the caller knows it; empty for what was never open to them."""
    entry = catalogue.entries.get(entry_id)
    if entry is None:
        return ""
    known = [revision for revision in entry.revisions if once_open(revision)]
    shown = labels.representative(catalogue, entry) or (known[-1] if known else None)
    return shown.content.title if shown else ""
