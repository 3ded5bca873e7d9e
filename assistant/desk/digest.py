"""What an owner is sent: what needs doing, worst first, and what is about to change.

The same content as plain text, as HTML for mail and as plain data for a webhook.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from html import escape
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from assistant.catalogue import Catalogue
from kb.agenda import Appointment, Turn, agenda
from kb.board import BoardRow
from kb.clock import spoken_local
from kb.states import Reason, State

AHEAD = timedelta(days=14)
MOST = 20  # tasks named; the others are counted
_WORDS: dict[str, tuple[str, str]] = {
    "subject": ("知识待办：{owner}有 {count} 条需要处理", "Knowledge tasks: {count} for {owner}"),
    "subject_none": ("知识待办：{owner}没有待处理的条目", "Knowledge tasks: nothing for {owner}"),
    "nobody": ("未指定负责人", "entries without an owner"),
    "tasks": ("需要处理（危害大的在前）", "To do, the most harmful first"),
    "more": ("还有 {count} 条，见保鲜看板。", "{count} more on the freshness board."),
    "coming": ("14 天内生效或结束", "Taking effect or ending within 14 days"),
    "starts": ("生效", "takes effect"),
    "changes": ("换成第 {revision} 版", "changes to revision {revision}"),
    "ends": ("结束", "ends"),
    "none": ("没有需要处理的条目。", "Nothing needs doing."),
    "board": ("打开看板", "Open the board"),
    "uses": ("近 30 天使用 {count} 次", "used {count} times in 30 days"),
}
_TURNS = {Turn.STARTS: "starts", Turn.CHANGES: "changes", Turn.ENDS: "ends"}


@dataclass(frozen=True, slots=True)
class Digest:
    """One owner's digest. `payload` is what a webhook is sent; `tasks` counts what needs doing."""

    owner: str
    subject: str
    text: str
    html: str
    payload: Mapping[str, Any]
    tasks: int


def compose(
    owner: str,
    rows: Sequence[BoardRow],
    catalogue: Catalogue,
    tz: ZoneInfo,
    lang: str,
    address: str = "",
) -> Digest:
    """The digest of `owner` from the rows of the board that are theirs.

    Rows that are current or put off do not count. `address` is the site's, for links; empty for
    none. `lang` that begins with ``en`` gives English, else Chinese.
    """
    maker = _Maker(catalogue, tz, 1 if lang.lower().startswith("en") else 0, address.rstrip("/"))
    wanted = [row for row in rows if row.state is not State.CURRENT and row.snooze is None]
    until = catalogue.at + AHEAD
    coming = [
        one
        for one in agenda(catalogue.entries, catalogue.timeline, catalogue.at, until)
        if catalogue.entries[one.revision.entry_id].stewardship.owner == owner
    ]
    return maker.make(owner, wanted, coming)


class _Maker:
    """Words, times and addresses of one digest."""

    def __init__(self, catalogue: Catalogue, tz: ZoneInfo, lang: int, address: str) -> None:
        self._catalogue = catalogue
        self._tz = tz
        self._lang = lang
        self._address = address

    def make(self, owner: str, rows: list[BoardRow], coming: list[Appointment]) -> Digest:
        name = owner or self._say("nobody")
        key = "subject" if rows else "subject_none"
        subject = self._say(key, owner=name, count=len(rows))
        return Digest(
            owner,
            subject,
            self._text(subject, rows, coming),
            self._html(subject, rows, coming),
            self._payload(owner, subject, rows, coming),
            len(rows),
        )

    def _say(self, key: str, **values: object) -> str:
        return _WORDS[key][self._lang].format(**values)

    def _text(self, subject: str, rows: list[BoardRow], coming: list[Appointment]) -> str:
        lines = [subject, ""]
        lines += [self._say("tasks")] if rows else [self._say("none")]
        for number, row in enumerate(rows[:MOST], start=1):
            lines.append(f"{number}. {self._heading(row)}")
            lines += [f"   - {self._why(reason)}" for reason in row.reasons]
            lines += [f"   {link}"] if (link := self._link(row.entry_id)) else []
        if len(rows) > MOST:
            lines.append(self._say("more", count=len(rows) - MOST))
        if coming:
            lines += ["", self._say("coming")]
            lines += [f"- {self._when(one)}" for one in coming]
        if self._address:
            lines += ["", f"{self._say('board')}: {self._address}/desk/freshness"]
        return "\n".join(lines) + "\n"

    def _html(self, subject: str, rows: list[BoardRow], coming: list[Appointment]) -> str:
        parts = [f"<h1>{escape(subject)}</h1>"]
        parts.append(f"<h2>{escape(self._say('tasks'))}</h2><ol>" if rows else "")
        for row in rows[:MOST]:
            why = "".join(f"<li>{escape(self._why(reason))}</li>" for reason in row.reasons)
            parts.append(f"<li>{self._linked(row)}<ul>{why}</ul></li>")
        parts.append("</ol>" if rows else f"<p>{escape(self._say('none'))}</p>")
        if len(rows) > MOST:
            parts.append(f"<p>{escape(self._say('more', count=len(rows) - MOST))}</p>")
        if coming:
            items = "".join(f"<li>{escape(self._when(one))}</li>" for one in coming)
            parts.append(f"<h2>{escape(self._say('coming'))}</h2><ul>{items}</ul>")
        if self._address:
            board = escape(f"{self._address}/desk/freshness", quote=True)
            parts.append(f'<p><a href="{board}">{escape(self._say("board"))}</a></p>')
        lang = ("zh-CN", "en")[self._lang]
        return (
            f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
            f"<title>{escape(subject)}</title></head><body>{''.join(parts)}</body></html>"
        )

    def _payload(
        self, owner: str, subject: str, rows: list[BoardRow], coming: list[Appointment]
    ) -> dict[str, Any]:
        return {
            "event": "freshness.digest",
            "at": self._time(self._catalogue.at),
            "owner": owner,
            "subject": subject,
            "tasks": [self._row(row) for row in rows],
            "coming": [
                {
                    "entry_id": one.revision.entry_id,
                    "title": one.revision.content.title,
                    "turn": one.turn.value,
                    "revision": one.revision.number,
                    "at": self._time(one.at),
                }
                for one in coming
            ],
        }

    def _row(self, row: BoardRow) -> dict[str, Any]:
        return {
            "entry_id": row.entry_id,
            "title": row.title,
            "state": row.state.value,
            "reasons": [self._why(reason) for reason in row.reasons],
            "damage": row.damage,
            "usage": row.usage,
            "url": self._link(row.entry_id),
        }

    def _heading(self, row: BoardRow) -> str:
        state = _state_name(row.state, self._lang)
        used = self._say("uses", count=row.usage) if row.usage else ""
        return " · ".join(filter(None, (row.title, state, used)))

    def _linked(self, row: BoardRow) -> str:
        link, heading = self._link(row.entry_id), escape(self._heading(row))
        return f'<a href="{escape(link, quote=True)}">{heading}</a>' if link else heading

    def _link(self, entry_id: str) -> str:
        return f"{self._address}/entries/{entry_id}" if self._address else ""

    def _why(self, reason: Reason) -> str:
        """A reason with titles, which people know, in place of ids."""
        message = reason.message(("zh-CN", "en")[self._lang])
        for ref in reason.refs:
            entry = self._catalogue.entries.get(ref)
            shown = self._catalogue.in_force(ref) or (entry.revisions[-1] if entry else None)
            if shown:
                message = message.replace(ref, f"“{shown.content.title}”")
        return message if self._lang else message.replace(" “", "“").replace("” ", "”")

    def _when(self, one: Appointment) -> str:
        what = self._say(_TURNS[one.turn], revision=one.revision.number)
        return f"{spoken_local(one.at, self._tz)} {one.revision.content.title} {what}"

    def _time(self, moment: datetime) -> str:
        return moment.astimezone(self._tz).isoformat(timespec="seconds")


@cache
def _names(lang: int) -> dict[str, str]:
    """The texts of the pages, which name the states."""
    file = resources.files("assistant.web") / "i18n" / f"{('zh-CN', 'en')[lang]}.json"
    texts: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return texts


def _state_name(state: State, lang: int) -> str:
    return _names(lang).get(f"state.{state.value}", state.value)
