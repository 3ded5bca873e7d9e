"""Deadlines named by the calendar around the day of writing: 本周日前, 即日起至月底, 双11当天.

What comes back by itself (每月底前, 周末前下单的) is no deadline, and a festival ends an offer only
where the sentence offers something (双11当天下单送贴膜, but not 双11买的商品).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

_WEEKDAYS = {**{char: index for index, char in enumerate("一二三四五六日")}, "天": 6}
_ENGLISH_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ANCHOR = re.compile(
    r"(?P<day>今天|今日|今晚|明天|明日|后天)"
    r"|(?P<week>本|这|下)(?:个)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])?(?P<weekend>末)?"
    r"|(?P<month>(?:本|这个|当|下)?(?:个)?月)(?:底|末)|(?P<inside>本月)"
    r"|(?P<quarter>本?(?:季度|季)(?:末|底))|(?P<year>(?:今年)?年(?:底|末)|今年内)"
    r"|(?P<feast>双\s?(?:1[12]|十[一二])|6[·.]?18|元旦|五一|国庆|中秋|春节)(?:节|假期|大促|活动)?"
    r"|\b(?:(?P<endof>the\send\sof\s(?:the|this)\s(?P<span>week|month|quarter|year))"
    r"|(?P<rel>this|next)\s(?P<en>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|(?P<enday>today|tonight|tomorrow))\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:截止(?:时间|日期)?(?:为|到|至|是|于)?|截至|即日起至|有效期(?:到|至)|结束于|[至到~—–]"
    r"|\b(?:until|till|by|through|before|ends?(?:\son)?|expires?(?:\son)?))[\s:：]*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"^\s*(?:\d{1,2}:\d\d|\d{1,2}\s?点)?\s*(?:前|之前|以前|止|为止|结束|截止|到期|失效)"
)
_AFTER_TODAY = re.compile(r"^\s*(?:\d{1,2}:\d\d|\d{1,2}\s?点)?\s*(?:前|之前|以前|止|截止)(?!台)")
_INSIDE = re.compile(r"^\s*(?:之)?内")
_AT_FEAST = re.compile(r"^\s*(?:当[天日]|期间|当晚)")
_OFFER = re.compile(r"送|赠|立减|直减|减|免(?!责|税)|\d折|[一二三四五六七八九]折|半价|优惠|礼")
_COMES_BACK = re.compile(r"(?:每|次|同|翌|下一|上|every\s\w*\s?)$", re.IGNORECASE)
_HAPPENED = re.compile(
    r"^[^，,。；;]{0,12}(?:下单|购买|买|购入|签收|付款|支付|激活|注册|开通|安装|入会|发货)[^，,。；;]{0,6}的"
    r"(?:订单|客户|商品|用户|会员|手机|机器|产品|东西|买家|单)"
)
_FIXED = {"11": (11, 11), "十一": (11, 11), "12": (12, 12), "十二": (12, 12), "18": (6, 18),
          "元旦": (1, 1), "五一": (5, 5), "国庆": (10, 7)}  # fmt: skip
_MOON = {
    "中秋": ("2024-09-17", "2025-10-06", "2026-09-25", "2027-09-15", "2028-10-03", "2029-09-22",
             "2030-09-12"),
    "春节": ("2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13",
             "2030-02-03"),
}  # fmt: skip


def relative_deadlines(sentence: str, start: date) -> Iterator[tuple[str, date]]:
    """Each such deadline in `sentence`, as written and as the last day that it meant.

    `start` is the day the text was written for.
    """
    for found in _ANCHOR.finditer(sentence):
        before, after = sentence[: found.start()], sentence[found.end() :]
        if _COMES_BACK.search(before) or _HAPPENED.match(after):
            continue
        if _ends(found, before, after):
            day = _meant(found, start)
            if day:
                yield found[0], day


def _ends(found: re.Match[str], before: str, after: str) -> bool:
    """Whether the words around make the named day an end."""
    if found["inside"]:
        return bool(_INSIDE.match(after) or _AFTER.match(after))
    if found["week"] and _INSIDE.match(after):
        return True
    if found["day"]:  # 今天到期的逐条问: an instruction for every day
        return bool(_AFTER_TODAY.match(after) or _BEFORE.search(before))
    if found["feast"] and _AT_FEAST.match(after):
        return bool(_OFFER.search(after))
    return bool(_AFTER.match(after) or _BEFORE.search(before))


def _meant(found: re.Match[str], start: date) -> date | None:
    if found["day"] or found["enday"]:
        word = (found["day"] or found["enday"]).lower()
        return start + timedelta(days={"明": 1, "后": 2}.get(word[0], int(word == "tomorrow")))
    if found["week"] or found["en"]:
        return _in_week(found, start)
    if found["month"] or found["inside"]:
        ahead = int((found["month"] or "").startswith("下"))
        return _month_end(start, ahead)
    if found["quarter"]:
        return _month_end(start, -start.month % 3)
    if found["year"]:
        return date(start.year, 12, 31)
    if found["endof"]:
        return _end_of_span(found["span"].lower(), start)
    return _feast(found["feast"], start)


def _in_week(found: re.Match[str], start: date) -> date:
    monday = start - timedelta(days=start.weekday())
    if found["en"]:
        days, ahead = _ENGLISH_DAYS.index(found["en"].lower()), found["rel"].lower() == "next"
    else:
        days, ahead = _WEEKDAYS.get(found["weekday"] or "日", 6), found["week"] == "下"
    return monday + timedelta(days=days + 7 * ahead)


def _month_end(start: date, ahead: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + ahead, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def _end_of_span(span: str, start: date) -> date:
    if span == "week":
        return start + timedelta(days=6 - start.weekday())
    if span == "year":
        return date(start.year, 12, 31)
    return _month_end(start, -start.month % 3 if span == "quarter" else 0)


def _feast(name: str, start: date) -> date | None:
    """The first such day on or after `start`; a feast of several days counts to its last."""
    if name in _MOON:
        days = (date.fromisoformat(day) for day in _MOON[name])
        return next((day for day in days if day >= start), None)
    key = name if name in _FIXED else re.sub(r"^双\s?|^6[·.]?", "", name)
    month, day = _FIXED[key]
    this = date(start.year, month, day)
    return this if this >= start else date(start.year + 1, month, day)
