"""A case told from a conversation: what was asked, why, what was done, by which rule, how it ended.

Pure: it rearranges what was said and quotes the rules; it adds nothing. The agent corrects it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from difflib import SequenceMatcher
from itertools import takewhile

from assistant.cases.model import Basis, CaseFields
from assistant.contacts.model import Contact, Message, Speaker
from assistant.insights.masking import LABELS, mask
from assistant.replies.model import Part
from assistant.replies.wording import part_of
from indexer.text import han_runs, key
from kb.model import Revision
from kb.quantities import quantities
from kb.sections import plain_text
from kb.sentences import split

_LONGEST_TITLE, _LONGEST_SCENE, _MOST_STEPS, _MOST_QUOTES = 40, 400, 8, 3
_SHORTEST_VALUE = 4  # characters; shorter numbers stand in any text
# Shares of common characters of what was sent and the rule behind it: with figures, without any.
_SAME_RULE, _SAME_WORDS = 0.55, 0.85
_MOST_SAID = 80  # sentences of an agent that are compared with a rule's
_CAUSE = re.compile(
    r"因为|由于|原因|是因|导致|造成|系统(?:故障|延迟|异常)|漏[发寄了]|错[发寄了]"
    r"|\b(?:because|due to|caused by|the reason)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^，,]*[，,]?")
_GREETING = re.compile(
    r"^(?:(?:(?:您|你)好[呀啊]?|在[吗么]|请问|麻烦问下?|(?:客服|亲)(?=[\s，,。！!]|$)"
    r"|(?:hi|hello|hey)\b)[\s，,。！!？?：:、~]*)+",
    re.IGNORECASE,
)
# Parts of the contact's data that tell who somebody is; by the last part of their names.
_NAMES = frozenset({"name", "nickname", "surname"})
_PERSONAL = frozenset({"address", "phone", "mobile", "email", "wechat", "account", "id", "no"})
_WORDS: dict[str, dict[str, str]] = {
    "zh-CN": {
        "chat": "在线咨询", "phone": "来电", "email": "来信", "app": "在 App 里咨询",
        "scene": "{day}，客户{channel}：“{said}”", "outcome": "客户最后说：“{said}”",
        "basis": "{quotes}见[{title}](kb:{entry_id})。", "customer": "客户", "agent": "客服",
        "hidden": "[已隐去]", "colon": "：", "stop": "。",
    },
    "en": {
        "chat": "wrote in chat", "phone": "called", "email": "wrote by e-mail",
        "app": "wrote in the app", "scene": "{day}: the customer {channel}: “{said}”",
        "outcome": "The customer's last words: “{said}”",
        "basis": "{quotes} See [{title}](kb:{entry_id}).", "customer": "customer",
        "agent": "agent", "hidden": "[removed]", "colon": ": ", "stop": ".",
    },
}  # fmt: skip


def prefilled(
    contact: Contact, messages: Sequence[Message], basis: Sequence[Basis], day: datetime
) -> CaseFields:
    """The fields of a case as far as the conversation tells them; `day` is in the site's zone."""
    messages = [replace(m, text=without_names(m.text, contact, _lang(messages))) for m in messages]
    asked = [m for m in messages if m.role is Speaker.CUSTOMER]
    sent = [m for m in messages if m.role is Speaker.AGENT]
    lang = _lang(messages)
    words = _WORDS[lang]
    said = _cut(" ".join(s for m in _opening(messages) for s in _lines(m.text)), _LONGEST_SCENE)
    scene = words["scene"].format(
        day=day.date().isoformat(), channel=words[contact.channel.value], said=said
    )
    steps = _steps(sent, basis)
    return CaseFields(
        title=_title(asked),
        scene=scene if said else "",
        cause="\n".join(dict.fromkeys(_causes([*sent, *asked]))),
        handling="\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)),
        policy_basis="\n\n".join(rule_paragraph(rule, lang) for rule in basis),
        outcome=contact.outcome.strip() or _last_words(messages, lang),
        lang=lang,
        rests_on=tuple(rule.entry_id for rule in basis),
    )


def without_names(text: str, contact: Contact, lang: str = "zh-CN") -> str:
    """The text masked, and without names and other values that the contact's data hold."""
    known: Mapping[str, str] = {**contact.customer, **contact.slots}
    words = _WORDS[lang]
    # Longer values first: a name may be part of an address.
    for name, value in sorted(known.items(), key=lambda item: -len(item[1])):
        plain, what = value.strip(), name.rpartition(".")[2]
        if len(plain) < 2 or plain.startswith("["):
            continue  # masked values say nothing, single letters stand in any text
        if what in _NAMES:
            who = words["agent" if name.startswith("agent") else "customer"]
            text = text.replace(plain, who)
        elif what in _PERSONAL and len(plain) >= _SHORTEST_VALUE:
            text = text.replace(plain, words["hidden"])
    return mask(text)


def quotes(revision: Revision, sent: Iterable[str]) -> tuple[str, ...]:
    """Sentences of a rule that were sent, word for word or nearly so with the same figures."""
    said = [sentence for text in sent for sentence in split(text)][:_MOST_SAID]
    rules = split(plain_text(revision.content.body))
    found = set[int]()
    for sentence in said:
        likeness = [_likeness(rule, sentence) for rule in rules]
        best = max(likeness, default=0.0)
        if best:
            found.add(likeness.index(best))
    return tuple(dict.fromkeys(rules[at] for at in sorted(found)))[:_MOST_QUOTES]


def nearest_sentence(revision: Revision, texts: Iterable[str]) -> tuple[str, ...]:
    """The sentence of a rule that shares most pairs of characters with what was said, if any."""
    said = {pair for text in texts for pair in _pairs(text)}
    rules = split(plain_text(revision.content.body))
    shared = [len(said.intersection(_pairs(rule))) for rule in rules]
    best = max(shared, default=0)
    return (rules[shared.index(best)],) if best else ()


def is_among(sent: str, texts: Iterable[str]) -> bool:
    """Whether a text was sent as one of the messages, blanks and signs aside."""
    wanted = key(sent)
    return bool(wanted) and any(key(text) == wanted for text in texts)


def first_question(messages: Sequence[Message]) -> str:
    """What the customer wanted first, without a greeting."""
    for message in messages:
        if message.role is Speaker.CUSTOMER:
            for line in _lines(message.text):
                if plain := _GREETING.sub("", line).strip():
                    return plain
    return ""


def _likeness(rule: str, said: str) -> float:
    """How far a sentence that was sent is the rule: 1 word for word, 0 when it is another.

    The figures must be the same; without any, hardly a word may differ (rows of one table do).
    """
    one, other = key(rule), key(said)
    if not one or not other:
        return 0.0
    if one == other or (min(len(one), len(other)) >= 8 and (one in other or other in one)):
        return 1.0
    figures = {q.key for q in quantities(rule)}
    if figures != {q.key for q in quantities(said)}:
        return 0.0
    least = _SAME_RULE if figures else _SAME_WORDS
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    ratio = matcher.ratio() if matcher.real_quick_ratio() >= least else 0.0
    return ratio if ratio >= least else 0.0


def _steps(sent: Sequence[Message], basis: Sequence[Basis]) -> list[str]:
    """What the agent told and did: courtesies are left out where anything else was said."""
    told = [sentence for message in sent for sentence in split(message.text)]
    ruled = {quote for rule in basis for quote in rule.quotes}
    steps = [
        sentence
        for sentence in told
        if part_of(sentence) is not Part.FACTS
        or quantities(sentence)
        or any(_likeness(quote, sentence) for quote in ruled)
    ]
    return list(dict.fromkeys(steps or told))[:_MOST_STEPS]


def _causes(messages: Sequence[Message]) -> Iterable[str]:
    return (s for m in messages for s in split(m.text) if _CAUSE.search(s))


def rule_paragraph(rule: Basis, lang: str) -> str:
    """A rule as a paragraph of a case's policy part: its sentences, and where they stand."""
    # A row of a table reads "cell | cell"; in a sentence it is "cell：cell。"
    rows = [" ".join(q.split()).replace(" | ", _WORDS[lang]["colon"]) for q in rule.quotes]
    stop = _WORDS[lang]["stop"]
    ended = [row if row[-1:] in "。！？.!?;；…" else row + stop for row in rows]
    joined = (" " if lang == "en" else "").join(ended)
    title = re.sub(r"[\[\]\\]", "", rule.title)
    told = _WORDS[lang]["basis"].format(quotes=joined, title=title, entry_id=rule.entry_id)
    return told.strip()


def _pairs(text: str) -> set[str]:
    plain = key(text)
    return {plain[at : at + 2] for at in range(len(plain) - 1)}


def _title(asked: Sequence[Message]) -> str:
    sentences = split(first_question(asked)) or [""]
    clauses = _CLAUSE.findall(sentences[0])
    told = "".join(c for c in clauses if not any(label in c for label in LABELS))
    return _cut((told or sentences[0]).strip("，,。！!.?？~ "), _LONGEST_TITLE)


def _opening(messages: Sequence[Message]) -> list[Message]:
    """What the customer said before anybody answered."""
    return [
        message
        for message in takewhile(lambda m: m.role is not Speaker.AGENT, messages)
        if message.role is Speaker.CUSTOMER
    ]


def _last_words(messages: Sequence[Message], lang: str) -> str:
    """What the customer said after the agent's last message."""
    said: list[str] = []
    for message in messages:
        if message.role is Speaker.AGENT:
            said = []
        elif message.role is Speaker.CUSTOMER:
            said += _lines(message.text)
    answered = any(message.role is Speaker.AGENT for message in messages)
    if not said or not answered:
        return ""
    return _WORDS[lang]["outcome"].format(said=_cut(" ".join(said), _LONGEST_SCENE))


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _lang(messages: Sequence[Message]) -> str:
    asked = [m.text for m in messages if m.role is Speaker.CUSTOMER]
    return "zh-CN" if not asked or any(_has_han(text) for text in asked) else "en"


def _has_han(text: str) -> bool:
    return next(han_runs(text), None) is not None
