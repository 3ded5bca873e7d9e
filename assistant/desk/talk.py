"""Talk about versions that waits for a person: what others said last about theirs, or to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.editing.comments import belongs
from assistant.editing.model import Comment
from kb.lifecycle import is_author, same_person
from kb.model import Entry, Revision, Status


@dataclass(frozen=True, slots=True)
class Talk:
    """The open threads on one entry that wait for a person.

    `revision` shows the first of them, which began as comment `thread` and ends with `last`;
    `count` is how many there are.
    """

    entry: Entry
    revision: Revision
    thread: int
    last: Comment
    count: int


def waiting_for(
    person: str, entries: Mapping[str, Entry], threads: Iterable[Sequence[Comment]]
) -> list[Talk]:
    """What waits for `person`, entry by entry: threads that somebody else spoke in last.

    Theirs are those they take part in, and those on a version that they wrote; one that is shown
    on a later version is that version's.
    """
    found: dict[str, Talk] = {}
    for thread in threads:
        entry = entries.get(thread[0].entry_id)
        shown_on = _place(entry, thread[0]) if entry else None
        if entry is None or shown_on is None or same_person(thread[-1].author, person):
            continue
        if not (is_author(shown_on, person) or any(same_person(c.author, person) for c in thread)):
            continue
        known = found.get(entry.id)
        if known is None or thread[-1].at < known.last.at:
            count = known.count + 1 if known else 1
            found[entry.id] = Talk(entry, shown_on, thread[0].id, thread[-1], count)
        else:
            found[entry.id] = Talk(entry, known.revision, known.thread, known.last, known.count + 1)
    return list(found.values())


def _place(entry: Entry, opened: Comment) -> Revision | None:
    """The newest version that shows a thread; none where all that would were thrown away."""
    for revision in reversed(entry.revisions):
        discarded = revision.status is Status.WITHDRAWN and not revision.published_at
        if not discarded and belongs(opened, revision):
            return revision
    return None
