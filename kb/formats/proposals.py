"""What an imported row or page proposes for an entry, and what it comes to beside the entry.

A row from another product says little: question, answer, perhaps a category. Where the entry is
here already, everything it leaves unsaid (validity, products, audience, owner) stays as it is.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from kb.document import Document
from kb.errors import InvalidInput, Problem
from kb.model import Audience, Entry, Kind, Status, Stewardship
from kb.rows import content_of

_TIMES = ("created_at", "submitted_at", "approved_at", "published_at", "withdrawn_at")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What is asked for an import as a whole.

    `audience` and `owner` are for new entries from files that do not say; `kind` is that of
    manual pages; `split` the lowest heading level that begins an entry of its own (None: as fits
    the kind of file).
    """

    audience: Audience = Audience.AGENT
    kind: Kind = Kind.GUIDE
    owner: str = ""
    split: int | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A document, and which of its content's fields the source really states (None: all).

    `hold` means that the source marks it as switched off: it is never published by an import.
    """

    document: Document
    stated: tuple[str, ...] | None = None
    hold: bool = False

    def beside(self, entry: Entry | None, *, trusted: bool) -> Document:
        """The document to merge into `entry` as it is now.

        Raises InvalidInput when the row was taken from a revision that is no longer the newest.
        """
        if entry is None or not entry.revisions:
            return self.document
        newest = entry.revisions[-1]
        if self.stated is None:
            return self.document if trusted else _rebased(self.document, entry)
        said = {name: getattr(self.document.content, name) for name in self.stated}
        if "tags" in said:
            said["tags"] = tuple(dict.fromkeys((*newest.content.tags, *said["tags"])))
        content = replace(newest.content, **said, kind=self.document.kind)
        keeper = entry.stewardship
        return replace(self.document, content=content, number=None, stewardship=keeper)


def _rebased(document: Document, entry: Entry) -> Document:
    """An edited export row as a proposal upon the revision it was exported from."""
    newest, digest = entry.revisions[-1], document.content.digest()
    if newest.content_hash == digest:
        return replace(document, number=newest.number)
    known = entry.revision(document.number) if document.number else None
    if known is None or known.content_hash == digest:
        return document
    if known is newest:
        return replace(document, number=None)
    message = (
        f"{entry.id} was changed since: the row is revision {known.number}, "
        f"the newest is {newest.number}; export it again"
    )
    raise InvalidInput([Problem("", 0, "revision", message)])


def derived_id(kind: Kind, *names: str) -> str:
    """A stable id for an entry whose source has none: the same names give the same id."""
    digest = hashlib.sha256("\0".join(names).encode(errors="surrogatepass")).hexdigest()
    return f"{kind}-{digest[:16]}"


def stored(proposed: Proposed) -> str:
    """The proposal as JSON; `restored` gives it back."""
    document = proposed.document
    keeper = document.stewardship
    plain: dict[str, Any] = {
        "id": document.entry_id,
        "content": json.loads(document.content.canonical()),
        "number": document.number,
        "status": document.status.value,
        "keeper": {
            **{f.name: getattr(keeper, f.name) for f in fields(keeper)},
            "reviewed_at": _text(keeper.reviewed_at),
        },
        "author": document.author,
        "approved_by": document.approved_by,
        **{name: _text(getattr(document, name)) for name in _TIMES},
        "stated": proposed.stated,
        "hold": proposed.hold,
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def restored(text: str) -> Proposed:
    """The proposal that `stored` wrote."""
    plain = json.loads(text)
    keeper = {**plain["keeper"], "reviewed_at": _moment(plain["keeper"]["reviewed_at"])}
    document = Document(
        entry_id=plain["id"],
        content=content_of(json.dumps(plain["content"])),
        number=plain["number"],
        status=Status(plain["status"]),
        stewardship=Stewardship(**keeper),
        author=plain["author"],
        approved_by=plain["approved_by"],
        created_at=_moment(plain["created_at"]),
        submitted_at=_moment(plain["submitted_at"]),
        approved_at=_moment(plain["approved_at"]),
        published_at=_moment(plain["published_at"]),
        withdrawn_at=_moment(plain["withdrawn_at"]),
    )
    stated = plain["stated"]
    return Proposed(document, tuple(stated) if stated is not None else None, plain["hold"])


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
