"""The answer to every write of an entry."""

from __future__ import annotations

from assistant.web import context, entry_views
from assistant.web.lookup import known_revision
from assistant.web.routing import Reply
from assistant.web.versions import etag
from kb.model import Entry


def written(entry: Entry, number: int | None) -> Reply:
    """The entry as it is after the write, showing the revision just touched."""
    catalogue = context.services().catalogue.current(own_write=True)
    shown = known_revision(entry, number) if number else entry.revisions[-1]
    return Reply(entry_views.entry_out(catalogue, entry, shown), headers=etag(entry))
