"""What a text claims, sentence by sentence: figures, who pays, yes or no, and about what.

A claim is one figure (or list or range of figures), one term of a rule or one yes or no, with the
clause it stands in. What the sentence leaves unsaid (which device, which members) its headings and
the title say. Everything here is read from one body alone and kept with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise

from kb.contrasts import Named, subjects, subjects_of, terms_of_rule, without_subjects
from kb.quantities import Quantity, quantities, same_day
from kb.sections import plain_text, sections
from kb.sentences import split
from kb.trade_words import NEGATION, SLOT, words_of

POLARITY = "polarity"
_UNCLAIMED = frozenset(("number", "ordinal", "phone"))
_MASK = "\ue000"
_LONGEST = 500  # characters; what goes on longer is no sentence, and would cost too much to compare

_OPENING = re.compile(
    r"^(?:有的|是的|可以的?|不是|不能|不可以|不行|不用|不会|没有|能的?|会的?|行|当然(?:可以)?|您好"
    r"|yes|no)"
    r"[，,、:：!！。]\s*",
    re.IGNORECASE,
)
_FREE = re.compile(
    r"免费|不(?:再|另)?收(?:取)?(?:任何|您)?[^，,。；;、\d]{0,6}费|不收钱"
    r"|免(?:收)?[^，,。；;、除责税密息洗押提\d]{0,3}费"
    r"|不(?:用|需要?)(?:您|客户|自己)?(?:出|付|承担|支付)[^，,。；;\d]{0,4}费"
    r"|\bfree of charge\b|\bfor free\b|\bship(?:s|ped)? free\b",
    re.IGNORECASE,
)
_LIMIT_BEFORE = re.compile(
    r"(?:满|达到?|不足|低于|高于|多于|少于|每|over|above|at least|more than|below|under|exceeds?)"
    r"\s?(?:约|了)?\s?$|(?:超过|超出)\s?$",
    re.IGNORECASE,
)
_LONGER_THAN = re.compile(r"(?:超过|超出)[^，,。；;\d]{0,10}$")  # 超过承诺送达时间 48 小时
_LIMIT_AFTER = re.compile(r"^\s?(?:以上|以下|及以上|及以下|后(?!台)|or more|and above)")
_CLAUSE = re.compile(r"(?<!\d)[，,；;：:]|[，,；;：:](?!\d)|[。！!？?（）()]|——|\s-\s")
_EXAMPLE = re.compile(
    r"^(?:例如|比如|譬如|举例|举个例子|如[:：]|以.{2,16}为例|假如|假设"
    r"|for example|for instance|e\.g\.|example)",
    re.IGNORECASE,
)
_EXAMPLE_PART = re.compile(
    r"例[一二三四五六1-9子：:]|示例|举例|算例|案例|examples?\b", re.IGNORECASE
)
_QUOTED = re.compile(r"“[^”]{0,40}”")
_CONDITION = re.compile(
    r"^(?:如果|若|如|当|凡|一旦|只要|if |when |unless )|(?:的|时|时候|的话|后|前|者)$",
    re.IGNORECASE,
)
# A condition is no yes and no no; neither is a restriction (只能绑定一次).
_NO_VERDICT = re.compile(f"{_CONDITION.pattern}|只[能可有]|仅[能限可]|\\bonly\\b", re.IGNORECASE)
_EXCEPTED = re.compile(r"除外|除了|除.{1,14}外|另有|\bexcept|\bunless", re.IGNORECASE)
_ASKED = re.compile(
    r"[能会要有]不[能会要]|有没有|是不是|是否|能否|可否|没有[^，。；的]{1,10}的(?!，|$)"
)
_LISTED = re.compile(r"^\s?(?:、|或|和|,|or|and)\s?$")
_RANGED = re.compile(r"^\s?(?:[-–—~～]|至|到|to)\s?$")


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """One thing that can be contradicted.

    `kind` is that of a quantity, ``polarity``, or ``term:`` with a group of `contrasts`; `values`
    are keys in order; `ranged` says that they are the two ends of a range. `limit` marks a figure
    that is a condition (超过 48 小时) and no outcome. `near` are the words of its clause, `lead`
    those of its sentence up to the clause's end: conditions stand before what they condition.
    """

    kind: str
    values: tuple[tuple[str, str], ...]
    text: str
    near: frozenset[str]
    lead: frozenset[str]
    about: Named
    limit: bool = False
    ranged: bool = False


@dataclass(frozen=True, eq=False)
class Statement:
    """A sentence as written, `plain` without an opening yes or no, its place, and its words.

    `context` are the headings and the title above it. What it claims and what it is about is
    worked out when asked for: most sentences are never compared.
    """

    sentence: str
    plain: str
    context: str
    words: frozenset[str]
    figures: tuple[Quantity, ...]

    @cached_property
    def about(self) -> Named:
        """What the sentence itself names."""
        return subjects(self.plain)

    @property
    def around(self) -> frozenset[str]:
        """The words of headings and title."""
        return words_of(self.context)

    @property
    def around_about(self) -> Named:
        """What headings and title name."""
        return subjects(self.context)

    @property
    def around_figures(self) -> Named:
        """The figures that headings and title name, by kind."""
        return _figures_of(self.context)

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Everything the sentence claims, in order."""
        return tuple(_claims(self.plain, self.figures, self.about))


def statements(title: str, body: str) -> tuple[Statement, ...]:
    """The sentences of a Markdown body that can state a rule, in order.

    Rows of tables, questions, examples and branches of flows are left out. Kept for the next time,
    unless the text is `passing`.
    """
    once = _PASSING.get()
    if once is None or (once.title, once.body) != (title, body):
        return _kept(title, body)
    if once.found is None:
        once.found = _statements(title, body)
    return once.found


@contextmanager
def passing(title: str, body: str) -> Iterator[None]:
    """While in it, what this text says is worked out once and not kept beyond.

    For texts that change with every key and are never met again.
    """
    token = _PASSING.set(_Passing(title, body))
    try:
        yield
    finally:
        _PASSING.reset(token)


def is_passing(title: str, body: str) -> bool:
    """Whether a text is one whose statements are not to be kept."""
    once = _PASSING.get()
    return once is not None and (once.title, once.body) == (title, body)


@dataclass(slots=True)
class _Passing:
    title: str
    body: str
    found: tuple[Statement, ...] | None = None


_PASSING: ContextVar[_Passing | None] = ContextVar("passing", default=None)


@lru_cache(maxsize=16384)
def _kept(title: str, body: str) -> tuple[Statement, ...]:
    return _statements(title, body)


def _statements(title: str, body: str) -> tuple[Statement, ...]:
    found: list[Statement] = []
    for section in sections(body):
        if any(_EXAMPLE_PART.match(part) for part in section.path):
            continue
        # An ASCII word alone names the channel of a reply.
        heading = " ".join(part for part in section.path if not part.isascii() or " " in part)
        for sentence in split(plain_text(section.text)):
            if " | " not in sentence and not sentence.rstrip("”’\"'」』）)").endswith(("？", "?")):
                statement = _statement(sentence, f"{heading} {title}")
                if statement:
                    found.append(statement)
    return tuple(found)


def _statement(sentence: str, context: str) -> Statement | None:
    plain = _OPENING.sub("", sentence)
    if len(plain) > _LONGEST or _EXAMPLE.match(plain) or "→" in plain:
        return None  # neither an example nor a branch of a flow is a rule
    found = tuple(q for q in quantities(plain) if q.kind not in _UNCLAIMED)
    words = words_of(_masked(plain, 0, len(plain), found))
    return Statement(sentence, plain, context, words, found) if words else None


@lru_cache(maxsize=16384)
def _figures_of(text: str) -> Named:
    found: dict[str, frozenset[str]] = {}
    for quantity in quantities(text):
        if quantity.kind not in _UNCLAIMED:
            found[quantity.kind] = found.get(quantity.kind, frozenset()) | {"".join(quantity.key)}
    return found


def _claims(text: str, found: Sequence[Quantity], groups: Collection[str]) -> Iterator[Claim]:
    for start, end in _clauses(text):
        here = [q for q in found if start <= q.start < end]
        near = words_of(_masked(text, start, end, here))
        lead = near | words_of(_masked(text, 0, start, [q for q in found if q.start < start]))
        clause = text[start:end]
        for part_start, part_end in _parts(text, start, end, here):
            about = subjects_of(text[part_start:part_end], groups)
            for group in _groups(text, [q for q in here if part_start <= q.start < part_end]):
                yield _figure(text, group, near, lead, about)
        about = subjects_of(clause, groups)
        free = _FREE.search(clause)
        if free and not any(q.kind == "money" for q in here):
            yield Claim("money", (("元", "0"),), free[0], near, lead, about)
        for name, values in terms_of_rule(clause).items():
            if len(values) == 1:
                value = (name, next(iter(values)))
                yield Claim(f"term:{name}", (value,), clause.strip(), near, lead, about)
        if not free and not _EXCEPTED.search(text) and not _NO_VERDICT.search(clause.strip()):
            yield _yes_or_no(clause, near, lead, about)


def _yes_or_no(clause: str, near: frozenset[str], lead: frozenset[str], about: Named) -> Claim:
    bare = without_subjects(_ASKED.sub("", _QUOTED.sub("", SLOT.sub("", clause))))
    found = list(NEGATION.finditer(bare))
    # 没有摄像头也没有麦克风 denies two things alike; 不能不收 takes a denial back.
    counted = [one for one in found if bare[: one.start()][-1:] not in ("也", "又")] or found[:1]
    negations = [one[0] for one in counted]
    denied = len(negations) % 2 == 1
    value = (POLARITY, "no" if denied else "yes")
    return Claim(POLARITY, (value,), negations[0] if denied else "—", near, lead, about)


def _parts(text: str, start: int, end: int, here: Sequence[Quantity]) -> Iterator[tuple[int, int]]:
    """A clause in parts at 、 where each has a figure and a subject: 小件 24 小时、大件 48 小时."""
    place = start
    for before, after in pairwise(here):
        mark = text.find("、", before.end, after.start)
        if mark >= 0 and text[mark + 1 : after.start].strip():
            yield place, mark
            place = mark + 1
    yield place, end


def _clauses(text: str) -> list[tuple[int, int]]:
    """Where the clauses of a sentence begin and end; a comma within a figure ends none."""
    marks = [(0, 0), *(mark.span() for mark in _CLAUSE.finditer(text)), (len(text), len(text))]
    spans = [(before[1], after[0]) for before, after in pairwise(marks)]
    return [(start, end) for start, end in spans if text[start:end].strip()]


def _masked(text: str, start: int, end: int, here: Sequence[Quantity]) -> str:
    """``text[start:end]`` without its figures; what is counted stays (100 积分)."""
    pieces, place = [], start
    for quantity in here:
        counted = quantity.text.lstrip("0123456789,. ") if quantity.kind == "count" else ""
        pieces += [text[place : quantity.start], counted if len(counted) > 1 else _MASK]
        place = quantity.end
    return "".join([*pieces, text[place:end]])


def _groups(text: str, here: list[Quantity]) -> list[list[Quantity]]:
    """Quantities of one clause, those of one list or range together."""
    groups: list[list[Quantity]] = []
    for quantity in here:
        if groups and groups[-1][-1].kind == quantity.kind:
            between = text[groups[-1][-1].end : quantity.start]
            if _LISTED.match(between) or _RANGED.match(between):
                groups[-1].append(quantity)
                continue
        groups.append([quantity])
    return groups


def _figure(
    text: str, group: list[Quantity], near: frozenset[str], lead: frozenset[str], about: Named
) -> Claim:
    first, last = group[0], group[-1]
    before = text[: first.start]
    limit = bool(_LIMIT_BEFORE.search(before) or _LIMIT_AFTER.match(text[last.end :]))
    limit = limit or (first.kind == "duration" and bool(_LONGER_THAN.search(before)))
    ranged = len(group) == 2 and bool(_RANGED.match(text[first.end : last.start]))
    return Claim(
        first.kind, tuple(q.key for q in group), text[first.start : last.end], near, lead, about,
        limit, ranged,
    )  # fmt: skip


def agree(a: Claim, b: Claim) -> bool:
    """Whether two claims of one kind say the same: equal, or one within the range of the other."""
    if a.values == b.values or set(a.values) == set(b.values):
        return True
    if a.kind == b.kind == "date" and len(a.values) == len(b.values):
        pairs = zip(a.values, b.values, strict=True)
        return all(same_day(mine[1], theirs[1]) for mine, theirs in pairs)
    if a.ranged != b.ranged and len(a.values) + len(b.values) == 3:
        return _within(*(a, b) if b.ranged else (b, a))
    return False


def _within(single: Claim, span: Claim) -> bool:
    unit, value = single.values[0]
    if any(bound[0] != unit for bound in span.values):
        return False
    try:
        low, high = sorted(Decimal(bound[1]) for bound in span.values)
        return low <= Decimal(value) <= high
    except ArithmeticError:  # a date or a time of day
        return False
