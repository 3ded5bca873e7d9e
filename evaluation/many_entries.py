"""A knowledge base of any size for load tests: the content again and again, told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from kb.knowledge import KnowledgeBase
from kb.model import Content, Entry, Revision
from kb.store import write
from kb.transaction import Transaction
from kb.validity import Timeline

# Branches of the same company: what makes a copy another entry, in its title, questions and text.
_PLACES = (
    *("北京", "上海", "广州", "深圳", "杭州", "成都", "武汉", "西安", "南京", "苏州"),
    *("天津", "重庆", "长沙", "青岛", "宁波", "厦门", "郑州", "合肥", "福州", "济南"),
)


def grow(kb: KnowledgeBase, wanted: int) -> None:
    """Add copies of the entries of a knowledge base until it holds `wanted` of them."""
    known = kb.snapshot()
    missing = wanted - len(known)
    if missing <= 0 or not known:
        return
    made: list[Entry] = []
    for turn in count():
        if len(made) >= missing:
            break
        made += [copied(entry, turn) for entry in known]
    with write(kb.engine) as connection:
        work = Transaction(connection, "evaluation", kb.clock())
        for entry in made[:missing]:
            work.add(entry, "import")


def copied(entry: Entry, turn: int) -> Entry:
    """An entry as another branch of the company would have it."""
    name = f"{entry.id}-v{turn}"
    place = _PLACES[turn % len(_PLACES)] + ("" if turn < len(_PLACES) else f"{turn}店")
    revisions = tuple(
        replace(revision, entry_id=name, content=content, content_hash=content.digest())
        for revision in entry.revisions
        for content in [_told_apart(revision.content, place, turn)]
    )
    return replace(entry, id=name, revisions=revisions)


def _told_apart(content: Content, place: str, turn: int) -> Content:
    code = f"{content.short_code}-{turn}" if content.short_code else ""
    return replace(
        content,
        title=f"{place}{content.title}",
        questions=tuple(f"{place}{text}" for text in content.questions),
        body=content.body.replace("。", f"（{place}门店）。", 1),
        short_code=code,
        supersedes=tuple(f"{target}-v{turn}" for target in content.supersedes),
    )


def edited(content: Content, at: int) -> Content:
    """A text with another rule in it: what an editor would propose."""
    added = f"自下月起，办理时限改为 {3 + at % 9} 个工作日，节假日顺延。"
    body = f"{content.body}\n\n{added}"
    return replace(content, body=body, effective_from=None, effective_until=None)


def publish(kb: KnowledgeBase, entry_id: str, content: Content) -> None:
    """Publish a text as the next revision of an entry, as an editor and a reviewer do."""
    version = kb.entry(entry_id).version
    made = kb.edit(entry_id, content, "bench-editor", version).revisions[-1].number
    kb.submit(entry_id, made, "bench-editor")
    kb.approve(entry_id, made, "bench-reviewer")
    kb.publish(entry_id, made, "bench-reviewer")


def in_force(entries: Sequence[Entry], now: datetime) -> list[Revision]:
    """What is in force, by entry: what a change of it changes answers of."""
    timeline = Timeline(entries)
    found = (timeline.at(entry.id, now) for entry in entries)
    return [revision for revision in found if revision is not None]
