"""What kind of answer a question wants, and the quantities that texts state."""

from __future__ import annotations

import re
from functools import lru_cache

from kb.quantities import quantities

TIME = frozenset({"duration", "date", "time"})
MONEY = frozenset({"money", "percent", "discount"})
NUMBER = MONEY | {"count", "duration", "temperature", "length", "area", "capacity"}
_OWN = frozenset({"duration", "money", "time", "date"})

_KINDS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (
        re.compile(
            r"多久|几天|(?:几|多少)个?(?:工作日|小时|月|年|分钟|天)|什么时候|啥时候|何时|多长时间|哪[天年月日]"
            r"|几号|几点|期限|时限|最晚|几年|到期|今天|明天"
            r"|\b(?:how long|how soon|when|deadline|how many (?:days|hours|weeks|months|years))\b"
        ),
        TIME,
    ),
    (
        re.compile(
            r"多少钱|几块|收费|费用|运费|邮费|要钱|[收加掏]不?[收加掏]?钱|贵|价格|[赔补买满花送差抵减折掏]多少"
            r"|额度|手续费|门槛|怎么赔|\b(?:how much|cost|fee|price)\b"
        ),
        MONEY,
    ),
    (re.compile(r"几度|多少度|温度"), frozenset({"temperature"})),
)
_ANY_NUMBER = re.compile(
    r"多少|多大|多高|多远|几[个次张期米匹名条节]|\bhow (?:many|much|big|far)\b"
)
_TIMELY = re.compile(
    r"时[间长效限]|期限|有效期|多久|\b(?:time|window|period|how long)\b", re.IGNORECASE
)
_PRICED = re.compile(
    r"[运收]?费|价|金额|抵扣|多少钱|\b(?:fees?|price|cost|freight|dut(?:y|ies))\b", re.IGNORECASE
)
_UNIT = re.compile(r"(?:几|多少)个?(天|次|年|期|米|层|台|张|枚|小时|分钟|工作日)")
_CLOCK = re.compile(r"[一二三四五六七八九十\d]点(?!击|数)")


def asked_quantities(question: str) -> frozenset[str]:
    """The kinds of quantity a question asks for; empty for none."""
    text = question.lower()
    wanted: frozenset[str] = frozenset()
    for pattern, kinds in _KINDS:
        if pattern.search(text):
            wanted |= kinds
    if not wanted and _ANY_NUMBER.search(text):
        wanted = NUMBER
    return wanted


def wanted_quantities(question: str) -> frozenset[str]:
    """The kinds that a question asks for or names itself (买了十天了, 下午五点); empty for none."""
    named = kinds_of_quantity(question) & _OWN
    clock = frozenset({"time"}) if _CLOCK.search(question) else frozenset()
    return asked_quantities(question) | named | clock


def heading_promises(heading: str, wanted: frozenset[str]) -> bool:
    """Whether a section's heading announces the kind of quantity wanted (维修时长, 收费项目)."""
    timely = wanted & TIME and _TIMELY.search(heading)
    return bool(timely or (wanted & MONEY and _PRICED.search(heading)))


def asked_units(question: str) -> frozenset[str]:
    """The units that a question counts in (几次 → 次), as `kb.quantities` names them."""
    return frozenset(match[1] for match in _UNIT.finditer(question))


@lru_cache(maxsize=8192)
def kinds_of_quantity(text: str) -> frozenset[str]:
    """The kinds of quantity that a text states."""
    return frozenset(q.kind for q in quantities(text))


@lru_cache(maxsize=8192)
def units_of(text: str) -> frozenset[str]:
    """The units of a text's quantities."""
    return frozenset(q.unit for q in quantities(text))


@lru_cache(maxsize=8192)
def figures(text: str) -> frozenset[tuple[str, str]]:
    """The quantities of a text in their base units, so that 两天 equals 48 小时."""
    return frozenset(q.key for q in quantities(text))
