"""What a duration or an amount measures: time since receipt or since the order, lateness, spending.

Read from the words around the figure, in a rule and in a customer's message alike.
"""

from __future__ import annotations

import re

SECONDS, MONEY = "秒", "元"
DURATIONS = (SECONDS, "工作日")
LATE, ORDERED, OWNED, AMOUNT = "late", "ordered", "owned", "amount"

# The first measure that fits counts: 超过承诺送达时间 is lateness, not delivery.
_MEASURES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        LATE,
        re.compile(
            r"(?<!最)晚(?![上间安饭])|迟|延误|拖|逾期|超时|(?:承诺|约定|预计)[^\d]{0,8}时[间段]"
            r"|[仍还]未|没[到送]|[仍还]没|停滞|等(?:了|备件|配件|待)"
            r"|\b(?:late|later than|delay\w*|overdue|waiting|promised)\b",
            re.IGNORECASE,
        ),
    ),
    (
        ORDERED,
        re.compile(
            r"下单|付款|支付|拍下|\b(?:ordered|placed|paid|payment|dispatch\w*)\b", re.IGNORECASE
        ),
    ),
    (
        OWNED,
        re.compile(
            r"签收|收货|到货|到手|拿到|收到(?!退|完整|资料)|购买|购机|买|入手|送达|用了"
            r"|\b(?:b(?:ought|uy)|purchas\w*|recei[pv]\w*|deliver\w*|got|had it|owned)\b",
            re.IGNORECASE,
        ),
    ),
)
_SPENT = re.compile(
    r"花|付|消费|买|总[价额共]|金额|订单|满|凑|\b(?:spen[dt]|paid|pay|order|total|bought)\b",
    re.IGNORECASE,
)


def measure(around: str, unit: str) -> str:
    """What a rule's range of a base unit measures, by the words around it; empty if unknown.

    A unit other than time is its own measure.
    """
    if unit == MONEY:
        return AMOUNT
    if unit not in DURATIONS:
        return unit
    return next((name for name, words in _MEASURES if words.search(around)), "")


def own_measure(unit: str, around: str, question: str) -> str:
    """What a figure in a customer's question measures; empty when it is no figure to go by.

    Time may be explained anywhere in the question, money only beside the amount.
    """
    if unit in DURATIONS:
        return measure(around, unit) or measure(question, unit)
    if unit == MONEY:
        return AMOUNT if _SPENT.search(around) else ""
    return unit
