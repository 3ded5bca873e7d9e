"""What the wording of a single sentence tells: next step, compensation, exception, pointer."""

from __future__ import annotations

import re

from assistant.replies.model import Part
from kb.quantities import quantities

_ACTION = re.compile(
    r"(?<!申)请(?!问|假|求|示)|您可以|可以?在[^。]{0,14}(?:App|订单|页面|官网|小程序)|App[^。]{0,4}[“\"]|^(?:打开|进入|点击?|拨打|致电|按住|长按|选择|上传|填写|提交|扫码|重启)"
    r"|联系(?:在线)?客服|联系我们|致电 ?\d|拨打? ?\d"
    r"|\b(?:please|you can|go to|contact us|call us|write to|e-?mail us|send us|reply with)\b"
    r"|^(?:open|tap|click|press|hold|choose|select|enter|pack|attach|download|restart|plug|connect)\b",
    re.IGNORECASE,
)
_COMMANDS = re.compile(
    r"[^。\uff0c,]{0,3}请|打开|进入|点|(?:please|open|tap|go to)\b", re.IGNORECASE
)
_COMPENSATION = re.compile(
    r"补偿|赔付|赔偿|[可会]赔|补发[^。]{0,8}券|致歉[^。]{0,6}券|\bcompensat\w+|\bgoodwill\b",
    re.IGNORECASE,
)
_ASKS_COMPENSATION = re.compile(
    r"赔|补偿|补贴|说法|损失|晚了|迟|超时|逾期|没到|没送|还没|延误|拖|放鸽子|爽约"
    r"|\b(?:compensat\w*|late|delay\w*|voucher|credit)\b",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"(?:但|不过|然而|除外|例外|除非|否则|其中|另外|同时|只有|仅限"
    r"|(?:however|but|except|unless|otherwise|in that case|only)\b)",
    re.IGNORECASE,
)
_HANGS = re.compile(
    r"(?:该|此|这[些种时个样]?|上述|它们?|前者|后者|因此|所以|例如|比如"
    r"|(?:this|that|these|those|it|they|such|for example|therefore)\b)",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"(?:规则|步骤|办法|时间|方法|说明|详情|标准|流程)?(?:参?见|详见|参考|看)"
    r"[^。;\uff1b,\uff0c]{2,28}[。;\uff1b)\uff09]?$"
    r"|\bsee (?:also )?[A-Z][^.]{2,60}\.?$"
)
_HOW_TO = re.compile(
    r"怎么(?!办|算|回事|还|这|那|不|没|赔|补|退)|怎样|如何|咋(?:弄|整|办|设|连|装)|步骤|教程|方法|在哪里?(?:下载|申请|查|看|改|设)"
    r"|\bhow (?:do|can|to|should)\b|\bsteps?\b|\bset ?up\b",
    re.IGNORECASE,
)
_PREMISE = re.compile(r"[:\uff1a]$")


def part_of(text: str) -> Part:
    """The part a sentence of an entry plays in a reply, by its wording alone."""
    if _COMPENSATION.search(text) and not _COMMANDS.match(text):
        return Part.COMPENSATION
    return Part.ACTION if _ACTION.search(text) else Part.FACTS


def asks_compensation(question: str) -> bool:
    """Whether a question is about something that went wrong for which there may be compensation."""
    return bool(_ASKS_COMPENSATION.search(question))


def asks_how(question: str) -> bool:
    """Whether a question asks for a procedure."""
    return bool(_HOW_TO.search(question))


def follows(text: str) -> bool:
    """Whether a sentence limits or continues the one before it (但…, 除外…, However…)."""
    return bool(_FOLLOWS.match(text))


def hangs(text: str) -> bool:
    """Whether a sentence cannot be understood without the one before it (该…, 此…, It…)."""
    return bool(_HANGS.match(text))


def announces(text: str) -> bool:
    """Whether a sentence only introduces what follows it (a colon at its end)."""
    return bool(_PREMISE.search(text))


def only_points_elsewhere(text: str) -> bool:
    """Whether a sentence does little else than send the reader to another article."""
    pointer = _POINTER.search(text)
    return bool(pointer) and not quantities(text[: pointer.start()]) if pointer else False
