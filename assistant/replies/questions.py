"""What the customer asks: the turn to answer, its questions, and the topic they hang on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.replies.language import han_count
from assistant.replies.model import Message
from indexer.text import normalise

CUSTOMER = "customer"
MAX_QUESTIONS = 3
_TOPIC_CHARS = 80
_SHORT_HAN = 8
_READING_CHARS = 5
_MOST_CLAUSES = 3
_TOO_SHORT = range(1, 5)
_SHORT_WORDS = 5

# Half and full width: text is split before it is normalised.
_COMMA = ",\uff0c\u3001"
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
    r"还有就是|还有(?![没多几什哪啥吗货效券赠一两人])|另外|顺便问?一?下?|再问一?下"
    r"|\balso\b|\banother question\b|\bby the way\b"
)
_HANGS_ON = re.compile(
    r"^(?:那么?|然后|这个|这种|这样|这|它|其中"
    r"|and |so |then |what about|how about|is it|does it|will it)"
)
_TAG_QUESTION = re.compile(
    r"(?:这样)?(?:可以|好|行|对|是|能|会|有|请问|在|算|成)?"
    r"(?:吗|么|不|嘛|呢|不行|不好|行不行|可以不|对不对|是不是)?\W*"
)
# 打游戏呢? asks nothing by itself; 怎么退呢? does.
_ELLIPSIS = re.compile(rf"[^{_COMMA}{_STOP}]{{1,10}}呢[{_COMMA}{_STOP}]*")
_PIECE = re.compile(rf"[{_COMMA}{_STOP}~\uff5e…]+")
_NOISE = re.compile(r"[\W_]+")
_LAUGH = re.compile(r"^([哈呵嘻嘿嗯哦啊呃额6])\1*$")
_PARTICLES = "啊呀哦哈呢吧啦呐嘛喔哟"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a turn; `topic` is earlier text that it may hang on, or empty.

    `hangs` is true when the wording itself points back (那…, 它…). `readings` are shorter texts to
    try where the whole finds nothing because it says much besides (a story, anger): the asking
    clauses together, then the longest clauses one by one.
    """

    text: str
    topic: str = ""
    hangs: bool = False
    readings: tuple[str, ...] = ()


def customer_texts(messages: Sequence[Message]) -> list[str]:
    """Texts of all customer messages, oldest first, blank ones left out."""
    return [m.text.strip() for m in messages if m.role == CUSTOMER and m.text.strip()]


def customer_turn(messages: Sequence[Message]) -> str:
    """The customer's messages since our side last said something, one per line."""
    return _turns(messages)[-1] if _turns(messages) else ""


def questions(messages: Sequence[Message]) -> list[Question]:
    """Up to three questions of the last turn, each with the topic it may hang on.

    A turn without several questions is one question, whole. A short question takes the question
    before it, or the newest full customer turn before this one, as its topic.
    """
    turns = _turns(messages)
    if not turns:
        return []
    topic = next((t for t in reversed(turns[:-1]) if not is_elliptic(t)), "")
    if not topic and len(turns) > 1:
        topic = turns[-2]
    found: list[Question] = []
    for text in split(turns[-1]):
        hangs_on = topic if is_elliptic(text) else ""
        hangs = bool(_HANGS_ON.match(_start(text)))
        found.append(Question(text, hangs_on[:_TOPIC_CHARS], hangs, _readings(text)))
        if not is_elliptic(text):
            topic = text
    return found


def split(turn: str) -> list[str]:
    """The separate questions of a turn, at most three, or the whole turn when there is only one.

    Statements stay with the question they explain: the one before, or the first one that follows;
    so does an elliptic tail (能用多久,打游戏呢?) with the question before it.
    A wish followed by 还有 or 另外 (我想退货,另外…) counts as a question.
    """
    groups: list[list[str]] = []
    asking: list[bool] = []
    for clause in _clauses(turn):
        asks = _asks(clause) and not (groups and _is_tail(groups[-1], clause))
        joins = bool(_CONNECTIVE.match(clause))
        if joins and groups and _WANTS.search(normalise(groups[-1][-1])):
            asking[-1] = True
        if asking and (not asks or not asking[-1]):
            groups[-1].append(clause)
            asking[-1] = asking[-1] or asks
        else:
            groups.append([clause])
            asking.append(asks)
    if len(groups) < 2:
        return [turn.strip()]
    return [_tidy("".join(group)) for group in groups[:MAX_QUESTIONS]]


def is_elliptic(text: str) -> bool:
    """Whether a text is so short, or so worded, that it may not stand alone."""
    if _HANGS_ON.match(_start(text)):
        return True
    han = han_count(text)
    return han <= _SHORT_HAN if han else len(text.split()) <= _SHORT_WORDS


def is_elliptic_tail(clause: str) -> bool:
    """Whether a clause (打游戏呢?) only varies a question that it leaves out."""
    text = normalise(clause).strip()
    if not _ELLIPSIS.fullmatch(text) or _CONNECTIVE.match(text):
        return False
    return not _ASKS.search(text.rstrip(f"呢{_COMMA}{_STOP}"))


def is_just(text: str, phrases: Iterable[str]) -> bool:
    """Whether a text is nothing but these phrases (你好,在吗?), particles and punctuation."""
    known = {_bare(phrase) for phrase in phrases}
    whole = _bare(text)
    if whole in known or _LAUGH.match(whole):
        return True
    pieces = [bare for piece in _PIECE.split(text) if (bare := _bare(piece))]
    return all(piece in known or _LAUGH.match(piece) for piece in pieces)


def _asks(clause: str) -> bool:
    return bool(_ASKS.search(normalise(clause))) and not _TAG_QUESTION.fullmatch(clause)


def _is_tail(before: Sequence[str], clause: str) -> bool:
    """Whether a few words belong to the question before (…是啥,要紧吗; 能用多久,打游戏呢)."""
    if before[-1][-1] in _COMMA and han_count(clause) in _TOO_SHORT:
        return True
    return is_elliptic_tail(clause) and any(map(_asks, before))


def _readings(text: str) -> tuple[str, ...]:
    clauses = _clauses(text)
    if len(clauses) < 2:
        return ()
    core = "".join(clause for clause in clauses if _asks(clause))
    longest = sorted(clauses, key=len, reverse=True)[:_MOST_CLAUSES]
    texts = (part.strip(f" \n{_COMMA}{_STOP}") for part in (core, *longest))
    return tuple(dict.fromkeys(t for t in texts if len(t) >= _READING_CHARS and t != text))


def _bare(text: str) -> str:
    plain = _NOISE.sub("", normalise(text))
    return plain.rstrip(_PARTICLES) or plain


def _start(text: str) -> str:
    return normalise(text).lstrip(" ,")


def _tidy(text: str) -> str:
    """Without the connective in front and without a dangling comma."""
    bare = _CONNECTIVE.sub("", text.strip(), count=1) if _CONNECTIVE.match(text.strip()) else text
    return bare.strip(f" \n{_COMMA}") or text.strip()


def _turns(messages: Sequence[Message]) -> list[str]:
    turns: list[list[str]] = []
    ours = True
    for message in messages:
        if message.role != CUSTOMER:
            ours = True
        elif message.text.strip():
            if ours:
                turns.append([])
            turns[-1].append(message.text.strip())
            ours = False
    return ["\n".join(turn) for turn in turns]


def _clauses(turn: str) -> list[str]:
    """Clauses with their punctuation; 还有 and 另外 begin a new one."""
    marked = _CONNECTIVE.sub(lambda m: "\n" + m.group(), turn)
    return [clause for clause in _CLAUSE.findall(marked) if clause.strip(f" \n{_COMMA}")]
