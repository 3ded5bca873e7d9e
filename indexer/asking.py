"""What a message asks: its clauses, its separate questions, and the question within a story."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.text import normalise

MAX_QUESTIONS = 3
_FEW_CLAUSES = 2
_TOO_SHORT = range(1, 5)

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
# Half and full width: text is split before it is normalised. A gap is a space that ends a clause.
_GAP = "\u3000"
_COMMA = f",\uff0c\u3001{_GAP}"
_STOP = "\u3002.!\uff01?\uff1f;\uff1b\n"
_ASKS = re.compile(
    r"\?|吗|么(?!么)|呢|怎么|怎样|怎办|咋|如何|多久|多少|多大|多长|多远|多高|几[^乎]|什么|啥|哪|谁|为何"
    r"|是否|(.)[不没]\1|能不|可不可以|行不|有没有|[能可会要][\w\u4e00-\u9fff]{0,8}不$|贵不贵"
    r"|\b(?:how|what|when|where|why|who|which|whose|can i|can you|could|do i|do you|does)\b"
    r"|\b(?:is it|is there|are there|will it|will you)\b"
)
_WANTS = re.compile(r"我?(?:想|要|需要|打算|准备|申请|麻烦|帮我)|\b(?:want|need|would like)\b")
_CLAUSE = re.compile(rf"[^{_COMMA}{_STOP}]+(?:[.,](?=\d)[^{_COMMA}{_STOP}]+)*[{_COMMA}{_STOP}]*")
_CONNECTIVE = re.compile(
    r"还有就是|还有(?![没多几什哪啥吗货效券赠一两人])|另外|顺便(?:再?问?一?下?)?|再问一?下|以及"
    r"|还[要想](?![多几等不])|(?<![不没])对了(?![吗么没])"
    r"|\balso\b|\banother question\b|\bby the way\b"
    r"|\band (?=(?:how|what|when|where|who|which|why|can|could|do|does|is|are|will)\b)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    rf"(?:(?<=[\s{_COMMA}{_STOP}:\uff1a])|^)[(\uff08]?(?:\d[.\u3001)\uff09](?!\d)"
    rf"|(?:第?[一二三四五](?:个(?:问题)?)?(?:是|[{_COMMA}:\uff1a])))\s*"
    r"|[\u2460-\u2468]\s*"
)
# 能退吗运费谁出: the particle ends a question although nothing shows it.
_UNMARKED_END = re.compile(rf"(?<=[吗嘛])(?=[{_HAN}]{{2}})")
# What follows may be a question of its own only if it is long enough to name something.
_UNMARKED_BREAK = re.compile(rf"(?<=[吗嘛])(?=[{_HAN}]{{4}})")
_SPACED = re.compile(rf"(?<=[{_HAN}])[ \u3000]+(?=[{_HAN}])")
_TAG_QUESTION = re.compile(
    r"(?:这样)?(?:可以|好|行|对|是|能|会|有|请问|在|算|成)?"
    r"(?:吗|么|不|嘛|呢|不行|不好|行不行|可以不|对不对|是不是)?\W*"
)
# 打游戏呢? asks nothing by itself; 怎么退呢? does.
_ELLIPSIS = re.compile(rf"[^{_COMMA}{_STOP}]{{1,10}}呢[{_COMMA}{_STOP}]*")


def clauses(text: str) -> list[str]:
    """The clauses of a text with their punctuation; 还有, 另外 and 2. begin a new one."""
    marked = _SPACED.sub(_GAP, text)
    marked = _UNMARKED_END.sub(_GAP, _UNMARKED_BREAK.sub("\n", marked))
    if len(_NUMBERED.findall(marked)) > 1:
        marked = _NUMBERED.sub("\n", marked)
    marked = _CONNECTIVE.sub(lambda found: "\n" + found.group(), marked)
    found = _CLAUSE.findall(marked)
    return [clause for clause in found if clause.strip(f" \n{_COMMA}{_STOP}")]


def split(turn: str) -> list[str]:
    """The separate questions of a turn, at most three, or the whole turn when there is only one.

    Statements stay with the question they explain: the one before, or the first one that follows;
    so does an elliptic tail (能用多久,打游戏呢?) with the question before it.
    A wish followed by 还有 or 另外 (我想退货,另外…) counts as a question, and so does one after it.
    """
    groups: list[list[str]] = []
    asking: list[bool] = []
    for clause in clauses(turn):
        is_question = asks(clause) and not (groups and _is_tail(groups[-1], clause))
        joins = bool(_CONNECTIVE.match(clause))
        if joins and groups and _WANTS.search(normalise(groups[-1][-1])):
            asking[-1] = True
            is_question = is_question or bool(_WANTS.search(normalise(clause)))
        if asking and (not is_question or not asking[-1]):
            groups[-1].append(clause)
            asking[-1] = asking[-1] or is_question
        else:
            groups.append([clause])
            asking.append(is_question)
    if len(groups) < 2:
        return [turn.strip()]
    return [_tidy("".join(group)) for group in groups[:MAX_QUESTIONS]]


def is_elliptic_tail(clause: str) -> bool:
    """Whether a clause (打游戏呢?) only varies a question that it leaves out."""
    text = normalise(clause).strip()
    if not _ELLIPSIS.fullmatch(text) or _CONNECTIVE.match(text):
        return False
    return not _ASKS.search(text.rstrip(f"呢{_COMMA}{_STOP}"))


def asks(clause: str) -> bool:
    """Whether a clause asks something; a tag such as 可以吗 does not."""
    return bool(_ASKS.search(normalise(clause))) and not _TAG_QUESTION.fullmatch(clause)


def question_in(text: str) -> tuple[str, str]:
    """What a long message asks, and all the rest of it; both empty unless it tells much besides.

    Messages of one or two clauses are questions as they are.
    """
    found = clauses(text)
    asking = [clause for clause in found if asks(clause)]
    if len(found) <= _FEW_CLAUSES or not asking or len(asking) == len(found):
        return "", ""
    rest = (clause for clause in found if clause not in asking)
    return _bare("".join(asking)), _bare("".join(rest))


def _is_tail(before: Sequence[str], clause: str) -> bool:
    """Whether a few words belong to the question before (…是啥,要紧吗; 能用多久,打游戏呢)."""
    han = sum(1 for char in clause if "\u3400" <= char <= "\u9fff")
    if before[-1][-1] in _COMMA and han in _TOO_SHORT:
        return True
    return is_elliptic_tail(clause) and any(map(asks, before))


def _tidy(text: str) -> str:
    """Without the connective in front and without a dangling comma."""
    bare = _CONNECTIVE.sub("", text.strip(), count=1) if _CONNECTIVE.match(text.strip()) else text
    return (bare.strip(f" \n{_COMMA}") or text.strip()).replace(_GAP, " ")


def _bare(text: str) -> str:
    return text.strip(f" \n{_COMMA}{_STOP}").replace(_GAP, " ")
