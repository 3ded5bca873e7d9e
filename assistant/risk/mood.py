"""How a customer sounds, and the words that show it.

A small linear model weighs signs that a person would name, too: words of editable lists (angry,
worried, soothing, sarcastic …), punctuation, courtesy, whom the message is about, waiting, how
like a bad review it reads; and its n-grams. The weights lie in `mood_model.json`, made by
``zhike evaluate fit-mood``. Deterministic, and quick enough to run on each message.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from assistant.risk.lexicon import Span, find_spans
from assistant.risk.model import Mood
from assistant.risk.ngrams import grams, score
from assistant.risk.sensitive import sensitive_words
from assistant.risk.writing import Written, written

if TYPE_CHECKING:
    from assistant.risk.settings import RiskSettings

MOODS = (Mood.CALM, Mood.WORRIED, Mood.ANGRY)
_RECENT = 4
_FADING = 0.55  # what a message still counts once the customer has written another
_ENOUGH = 3  # more words of one list than this tell nothing more
_SHOUT = re.compile(r"[!\uff01]{2,}|[?\uff1f][!\uff01]|[!\uff01][?\uff1f]")
_STORM = re.compile(r"[?\uff1f]{2,}")
_CAPITALS = re.compile(r"\b[A-Z]{3,}(?:\s+[A-Z]{2,})+\b")
_QUESTION = re.compile(r"[?\uff1f]|[吗呢么呀吧]\s*$")
_TRAILING = re.compile(r"…|\.{3,}|。{2,}")
_CLAUSE = re.compile(r"[^\s,\uff0c.\u3002!\uff01?\uff1f;\uff1b…]+")
_QUOTED = re.compile(r"[“\"「].+?[”\"」]")
_TONE = re.compile(r"[呀哦哈啦~～嘛呐]|🙏|😊|谢")
_ACCUSED = re.compile(r"你们|贵公司|\byou\b|\byour\b")
_OWN = re.compile(r"我|\bi\b|\bmy\b|\bi'm\b")
_LISTS = ("angry", "annoyed", "worried", "uneasy", "soothing", "sarcasm", "waiting")


@dataclass(frozen=True, slots=True)
class Signs:
    """What one message shows: values of the model's features, and the places that show a mood."""

    values: tuple[float, ...]
    places: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class MoodModel:
    """Learnt weights: for each mood a bias, one weight per feature and one per n-gram.

    `reviews` are weights of n-grams that tell bad reviews from good ones: one of the features.
    """

    reviews: Mapping[str, float]
    grams: Mapping[str, tuple[float, ...]]
    features: tuple[str, ...]
    scales: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    biases: tuple[float, ...]

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> MoodModel:
        """From the packaged file; n-gram weights are stored in thousandths."""
        return cls(
            {gram: weight / 1000 for gram, weight in table["reviews"].items()},
            {gram: tuple(weight / 1000 for weight in row) for gram, row in table["grams"].items()},
            tuple(table["features"]),
            tuple(table["scales"]),
            tuple(tuple(row) for row in table["weights"]),
            tuple(table["biases"]),
        )

    def logits(self, text: str, values: Sequence[float]) -> tuple[float, ...]:
        """One figure per mood of `MOODS`, the highest the likeliest, of a normalised text."""
        scaled = [value / scale for value, scale in zip(values, self.scales, strict=True)]
        said = self.said(text)
        return tuple(
            bias + heard + sum(w * v for w, v in zip(row, scaled, strict=True))
            for row, bias, heard in zip(self.weights, self.biases, said, strict=True)
        )

    def said(self, text: str) -> tuple[float, ...]:
        """What the n-grams of a normalised text say for each mood."""
        found = grams(text)
        rows = [self.grams[gram] for gram in sorted(found) if gram in self.grams]
        length = math.sqrt(len(found)) or 1.0
        return tuple(sum(row[at] for row in rows) / length for at in range(len(MOODS)))


def read_mood(texts: Sequence[str], settings: RiskSettings) -> tuple[Mood, tuple[str, ...]]:
    """Mood of the last four customer messages, the newest weighing most, and what shows it.

    People calm down: after a few quiet messages an old outburst no longer decides. The words are
    verbatim and each given once; a mood other than calm always has some.
    """
    recent = [text for text in texts if text.strip()][-_RECENT:]
    if not recent:
        return Mood.CALM, ()
    totals = [0.0] * len(MOODS)
    for age, text in enumerate(reversed(recent)):
        weight = _FADING**age
        for at, value in enumerate(logits(text, settings)):
            totals[at] += weight * value
    mood = MOODS[max(range(len(MOODS)), key=lambda at: totals[at])]
    return mood, _words(mood, recent, settings)


@lru_cache(maxsize=1024)
def logits(text: str, settings: RiskSettings) -> tuple[float, ...]:
    """What the model says of one message by itself: one figure per mood of `MOODS`."""
    return settings.model.logits(written(text).text, signs(text, settings).values)


@lru_cache(maxsize=1024)
def signs(text: str, settings: RiskSettings) -> Signs:
    """The features of one message, in the order of `feature_names`."""
    plain = written(text)
    found = {name: _spans(plain, name, settings) for name in _LISTS}
    repeated = find_spans(
        plain.text, settings.mood["repeated"], exceptions=settings.mood["first_time"]
    )
    shouts = [m.group() for p in (_SHOUT, _CAPITALS) for m in p.finditer(text)]
    storms = _STORM.findall(text)
    values = [float(min(_ENOUGH, len(found[name]))) for name in _LISTS]
    reviews = score(plain.text, settings.model.reviews)
    polite = find_spans(plain.text, settings.mood["polite"])
    values += [
        float(min(2, len(repeated))),
        float(min(2, len(shouts))),
        float(min(2, len(storms))),
        float(bool(_QUESTION.search(text))),
        float(bool(_TRAILING.search(text))),
        float(bool(_QUOTED.search(text))),
        float(bool(_TONE.search(plain.text))),
        float(min(2, len(_ACCUSED.findall(plain.text)))),
        float(min(2, len(_OWN.findall(plain.text)))),
        float(min(2, len(polite))),
        float(min(60, len(plain.text))) / 60,
        reviews,
        float(bool(found["angry"] or found["sarcasm"])),
        float(bool(found["worried"])),
        float(bool(found["worried"] and polite)),
        float(settings.alarmed(text)),
        float(settings.threatened(text)),
        *(float(bool(find_spans(plain.text, of, exceptions=but))) for of, but in settings.claims),
    ]
    places = {
        name: tuple(plain.verbatim(span.start, span.end) for span in spans)
        for name, spans in found.items()
    }
    places["repeated"] = tuple(plain.verbatim(s.start, s.end) for s in repeated)
    places["marks"] = tuple(shouts + storms)
    places["warnings"] = tuple(word.word for word in sensitive_words(text, settings))
    return Signs(tuple(values), places)


def feature_names() -> tuple[str, ...]:
    """Names of the features, in order."""
    return (
        *_LISTS, "repeated", "shouting", "question_storm", "question", "trailing", "quoted",
        "soft_tone", "accused", "own", "polite", "length", "reviews", "any_anger",
        "any_worry", "worried_politely", "alarmed", "threatened",
        "complaint", "compensation", "person",
    )  # fmt: skip


def _spans(plain: Written, name: str, settings: RiskSettings) -> list[Span]:
    calming = name in ("soothing", "sarcasm", "waiting")
    return find_spans(
        plain.text,
        settings.mood[name],
        exceptions=() if calming else (*settings.mood["benign"], *settings.mood["soothing"]),
        negations=() if calming else settings.mood["negations"],
    )


_SHOWN = {
    Mood.ANGRY: ("angry", "sarcasm", "annoyed", "marks", "repeated"),
    Mood.WORRIED: ("worried", "uneasy", "waiting", "repeated", "marks"),
}


def _words(mood: Mood, recent: Sequence[str], settings: RiskSettings) -> tuple[str, ...]:
    if mood is Mood.CALM:
        return ()
    found: dict[str, None] = {}
    for text in recent:
        places = signs(text, settings).places
        found.update(dict.fromkeys(w for name in _SHOWN[mood] for w in places[name]))
    if not found:
        found = dict.fromkeys(
            w for text in recent for w in signs(text, settings).places["warnings"]
        )
    return tuple(found) or (_telling_clause(recent[-1], mood, settings),)


def _telling_clause(text: str, mood: Mood, settings: RiskSettings) -> str:
    """The clause whose n-grams speak most for a mood: no word of a list does."""
    clauses = [m.group() for m in _CLAUSE.finditer(text)] or [text.strip()]
    place, calm = MOODS.index(mood), MOODS.index(Mood.CALM)

    def telling(clause: str) -> float:
        said = settings.model.said(written(clause).text)
        return said[place] - said[calm]

    return max(clauses, key=telling)
