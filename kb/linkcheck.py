"""Links, dependencies and pictures that lead nowhere, or where their readers may not go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from kb.model import Audience, Content, Entry, Revision
from kb.sections import links, sections
from kb.validity import Timeline

_PICTURE = re.compile(r"!\[(?P<alt>[^\]\n]*)\]\(image:(?P<name>[^)\s]+)\)")
_CLOSENESS = (Audience.CUSTOMER, Audience.AGENT, Audience.INTERNAL)


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A reference from an entry: the target's id, and what is wrong in both languages."""

    target: str
    zh: str
    en: str


@lru_cache(maxsize=16384)
def _kb_links(body: str) -> tuple[tuple[str, str], ...]:
    if "kb:" not in body:
        return ()
    found = ((link.entry_id, link.anchor) for link in links(body) if link.entry_id)
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=16384)
def _pictures(body: str) -> tuple[tuple[str, str], ...]:
    if "](image:" not in body:
        return ()
    return tuple(dict.fromkeys((m["name"], m["alt"]) for m in _PICTURE.finditer(body)))


@lru_cache(maxsize=16384)
def _anchors(body: str) -> frozenset[str]:
    return frozenset(section.anchor for section in sections(body))


class LinkCheck:
    """Checks references against all entries as they stand at one moment.

    Args:
        entries: All there are.
        timeline: Theirs.
        now: The moment.
        has_picture: Whether there is a picture of that name; None: pictures are not looked at.
    """

    def __init__(
        self,
        entries: dict[str, Entry],
        timeline: Timeline,
        now: datetime,
        has_picture: Callable[[str], bool] | None = None,
    ) -> None:
        self._has_picture = has_picture
        self._entries = entries
        self._timeline = timeline
        self._now = now

    def broken(self, content: Content) -> Iterator[BrokenLink]:
        """Every reference of `content` that fails."""
        for target, anchor in _kb_links(content.body):
            yield from self._link(content, target, anchor)
        yield from self._missing_pictures(content)
        for target in content.depends_on:
            if self._shown(target) is None:
                yield BrokenLink(
                    target,
                    f"所依据的条目 {target} {self._absence_zh(target)}",
                    f"depends on {target}, which {self._absence_en(target)}",
                )
        for target in content.supersedes:
            if target not in self._entries:
                yield BrokenLink(
                    target,
                    f"所替代的条目 {target} 不存在",
                    f"replaces {target}, which does not exist",
                )

    def _missing_pictures(self, content: Content) -> Iterator[BrokenLink]:
        if self._has_picture is None:
            return
        for name, alt in _pictures(content.body):
            if not self._has_picture(name):
                shown = alt or name[:8]
                yield BrokenLink(name, f"图片“{shown}”不在了", f"the picture {shown!r} is missing")

    def _link(self, content: Content, target: str, anchor: str) -> Iterator[BrokenLink]:
        revision = self._shown(target)
        if revision is None:
            yield BrokenLink(
                target,
                f"链接的条目 {target} {self._absence_zh(target)}",
                f"links to {target}, which {self._absence_en(target)}",
            )
        elif anchor and anchor not in _anchors(revision.content.body):
            yield BrokenLink(
                target,
                f"链接的条目 {target} 没有“{anchor}”一节",
                f"links to section {anchor!r} of {target}, which has none",
            )
        elif _CLOSENESS.index(revision.content.audience) > _CLOSENESS.index(content.audience):
            yield BrokenLink(
                target,
                f"链接的条目 {target} 对本条目的读者不可见",
                f"links to {target}, which its readers may not see",
            )

    def _shown(self, target: str) -> Revision | None:
        """What a reader who follows the reference gets to see: in force, else newest published."""
        entry = self._entries.get(target)
        if entry is None or not entry.published:
            return None
        return self._timeline.at(target, self._now) or entry.published[-1]

    def _absence_zh(self, target: str) -> str:
        return "没有已发布的版本" if target in self._entries else "不存在"

    def _absence_en(self, target: str) -> str:
        return "has nothing published" if target in self._entries else "does not exist"
