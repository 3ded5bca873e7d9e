"""Finding what a caller asks for; absent and forbidden are both `NotFound`."""

from __future__ import annotations

from datetime import datetime

from assistant.catalogue import Catalogue
from assistant.web import context, labels
from kb.errors import NotFound
from kb.model import Entry, Revision
from kb.validation import id_problem


def known_entry(entry_id: str) -> tuple[Catalogue, Entry]:
    """The picture of everything and the entry as stored, if the caller may know of it.

    Raises:
        NotFound: absent or forbidden, which look the same.
    """
    services = context.services()
    if id_problem(entry_id):
        raise NotFound(entry_id)  # the database need not be asked, and may not take every text
    entry = services.kb.entry(entry_id)
    if not labels.visible_entry(entry):
        raise NotFound(entry_id)
    return services.catalogue.current(), entry


def known_revision(entry: Entry, number: int) -> Revision:
    """That revision, if the caller may read it; NotFound otherwise."""
    for revision in labels.visible_revisions(entry):
        if revision.number == number:
            return revision
    raise NotFound(f"{entry.id} r{number}")


def pick(
    catalogue: Catalogue, entry: Entry, number: int | None, as_of: datetime | None
) -> Revision:
    """The revision asked for: by number, or the one that stands for the entry at a time.

    Raises:
        NotFound: there is none, or none that the caller may read.
    """
    if number is None:
        revision = labels.representative(catalogue, entry, as_of)
    else:
        revision = known_revision(entry, number)
    if revision is None:
        raise NotFound(entry.id)
    return revision
