"""A revision as it travels: one file, one API body. Between text and the stored domain."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kb.model import Content, Entry, Kind, Revision, Status, Stewardship


@dataclass(frozen=True, slots=True)
class Document:
    """One revision of one entry with everything that its file says.

    `number` None means "the next one". Record times are None where the file leaves them out.
    """

    entry_id: str
    content: Content
    number: int | None = None
    status: Status = Status.DRAFT
    stewardship: Stewardship = field(default_factory=Stewardship)
    author: str = ""
    approved_by: str = ""
    created_at: datetime | None = None
    submitted_at: datetime | None = None
    approved_at: datetime | None = None
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def kind(self) -> Kind:
        """The entry's kind, which is its content's."""
        return self.content.kind


def document_of(entry: Entry, revision: Revision) -> Document:
    """The document that says all there is to know about `revision` of `entry`."""
    return Document(
        entry_id=entry.id,
        content=revision.content,
        number=revision.number,
        status=revision.status,
        stewardship=entry.stewardship,
        author=revision.author,
        approved_by=revision.approved_by,
        created_at=revision.created_at,
        submitted_at=revision.submitted_at,
        approved_at=revision.approved_at,
        published_at=revision.published_at,
        withdrawn_at=revision.withdrawn_at,
    )
