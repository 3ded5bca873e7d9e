"""Puts a measurement into words and plots."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from evaluation import comparison, measuring, runs
from evaluation.comparison import Comparison
from evaluation.measuring import Measured
from evaluation.report import charts
from evaluation.report.charts import Bar, Zone
from evaluation.runs import Scored

_FOLDER = Path(__file__).parent
LANGUAGES = ("zh-CN", "en")
_WORST = 20
_INVENTED = 10
_SIGNIFICANT = 0.01
# Kinds of questions that have their own sections or say nothing to a reader.
_NOT_LISTED = frozenset({"none", "chitchat", "unknown", "other-company"})

Texts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Miss:
    """A question whose first entry does not answer it."""

    query: str
    history: tuple[str, ...]
    wanted: tuple[str, ...]
    found: str
    confidence: float
    place: int


def render(
    measured: Measured, public: Sequence[Comparison], lang: str, made: datetime,
    visits: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """The report as one HTML file without anything to be loaded from elsewhere.

    Args:
        measured: The measurement on the judged queries.
        public: Comparisons on other sets; may be empty.
        lang: `zh-CN` or `en`.
        made: When it was measured, in local time.
        visits: What `zhike evaluate selfservice --json` printed, to report too.
    """
    texts = _texts(lang)
    found = measuring.result(measured)
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=percent, p_value=p_value)
    return environment.get_template("report.html").render(
        t=texts,
        lang=lang,
        found=found,
        measured=measured,
        made=made.strftime("%Y-%m-%d %H:%M"),
        tiles=_tiles(found, measured, texts),
        systems=_systems(found, texts),
        tags=_tags(found, texts),
        variants=found["variants"],
        follow_ups=found["multi_turn"],
        plots=_plots(measured, found, texts),
        chosen=measuring.at_threshold(measured),
        misses=_misses(measured),
        missed=sum(not item.right for item in measured.scored if item.scores),
        invented=_invented(measured),
        public=[comparison.as_json(done) for done in public],
        means=comparison.means(public) if len(public) > 1 else [],
        names=texts["systems"],
        reads=_reads(measured.bm25, texts),
        visits=visits,
        visit_rows=_visits(visits, texts) if visits else [],
    )


@lru_cache(maxsize=4)
def _texts(lang: str) -> Texts:
    stored: Texts = json.loads((_FOLDER / f"{lang}.json").read_text("utf-8"))
    return stored


def _visits(visits: Mapping[str, Any], texts: Texts) -> list[tuple[str, list[str]]]:
    """Figures of the simulated visits: what each is, then ours and the FAQ bot's."""
    return [
        (name, [_with_interval(visits[who][key]) for who in ("product", "faq_bot")])
        for key, name in texts["visit_figures"].items()
    ]


def _with_interval(part: Mapping[str, Any]) -> str:
    if part["share"] is None:
        return "–"
    low, high = part["interval"]
    return f"{percent(part['share'], 1)} ({percent(low)}–{percent(high)})"


def percent(share: float, digits: int = 0) -> str:
    """A share as a percentage."""
    return f"{share * 100:.{digits}f}%"


def p_value(p: float) -> str:
    """A p-value as it is written: never zero."""
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def _tiles(found: Mapping[str, Any], measured: Measured, texts: Texts) -> list[dict[str, str]]:
    """Headline figures, each with a sentence that says what it means."""
    overall = found["all"]
    values: list[tuple[str, str, dict[str, str]]] = [
        ("hit1", percent(overall["hit@1"], 1), {"share": percent(overall["hit@1"])}),
        ("hit3", percent(overall["hit@3"], 1), {"share": percent(overall["hit@3"])}),
    ]
    if overall["n_no_answer"]:
        silent = 1 - overall["false_answer_share"]
        values.append(("silent", percent(silent, 1), {
            "share": percent(silent), "n": str(overall["n_no_answer"]),
            "answered": percent(overall["answered_share"]),
        }))  # fmt: skip
    values.append(("honest", f"{overall['ece'] * 100:.1f}", {"gap": f"{overall['ece'] * 100:.1f}"}))
    if versus := found.get("systems", {}).get("hybrid", {}).get("vs_bm25"):
        sure = "sure" if versus["p"] < _SIGNIFICANT else "unsure"
        values.append(("versus", f"{(versus['ratio'] - 1) * 100:+.1f}%", {
            "verdict": texts["verdict"][sure].format(p=p_value(versus["p"])),
        }))  # fmt: skip
    values.append(("speed", f"{measured.milliseconds:.1f} ms", {}))
    return [
        {
            "name": texts["tiles"][key]["name"],
            "value": value,
            "means": texts["tiles"][key]["means"].format(**more),
        }
        for key, value, more in values
    ]


def _systems(found: Mapping[str, Any], texts: Texts) -> Markup | None:
    if "systems" not in found:
        return None
    rows = [
        Bar(texts["systems"][name], values["ndcg@10"], f"{values['ndcg@10']:.3f}",
            name == "hybrid")
        for name, values in found["systems"].items()
    ]  # fmt: skip
    return charts.bars(rows)


def _reads(how: str, texts: Texts) -> str:
    """How the best BM25 cuts texts, in the language of the report."""
    comma: str = texts["comma"]
    return comma.join(texts["cuts"].get(part, part) for part in how.split(", "))


def _tags(found: Mapping[str, Any], texts: Texts) -> Markup | None:
    """Hit@3 by kind of question, the weakest first."""
    rows = [
        (values["hit@3"], values["n"], texts["tags"].get(tag, tag))
        for tag, values in found["by_tag"].items()
        if values["n"] and tag not in _NOT_LISTED
    ]
    if not rows:
        return None
    shown = [Bar(f"{name} · {count}", share, percent(share)) for share, count, name in sorted(rows)]
    return charts.bars(shown)


def _plots(measured: Measured, found: Mapping[str, Any], texts: Texts) -> dict[str, Markup]:
    plot = texts["plots"]
    points = runs.points(measured.scored)
    ask, answer = measured.thresholds.ask, measured.thresholds.answer
    zones = [
        Zone(0, min(ask, answer), "abstain"),
        Zone(min(ask, answer), answer, "ask"),
        Zone(answer, 1, "answer"),
    ]
    drawn = {
        "reliability": charts.reliability(
            measuring.bins(measured), plot["reliability"],
            (plot["confidence"], plot["right"]), plot["ideal"],
        ),
        "risk": charts.risk(
            points, measuring.at_threshold(measured), plot["risk"],
            (plot["covered"], plot["wrong"]), plot["chosen"],
        ),
    }  # fmt: skip
    if found["all"]["n_no_answer"]:
        drawn["trade"] = charts.trade(
            points, [zone for zone in zones if zone.end > zone.start], plot["trade"],
            (plot["threshold"], plot["given_up"]), (plot["given"], plot["wasted"]),
        )  # fmt: skip
    return drawn


def _misses(measured: Measured) -> list[Miss]:
    """The worst answerable queries: nothing right found first, then the surest of their error."""
    wrong = [item for item in measured.scored if item.scores and not item.right]
    wrong.sort(key=lambda item: (item.scores["ndcg@10"], -item.confidence, item.query.id))
    return [_miss(item, measured.titles) for item in wrong[:_WORST]]


def _invented(measured: Measured) -> list[Miss]:
    """Queries without an answer that were answered all the same, the surest first."""
    given = [item for item in measured.scored if not item.query.relevant and item.answerable]
    given.sort(key=lambda item: (-item.confidence, item.query.id))
    return [_miss(item, measured.titles) for item in given[:_INVENTED]]


def _miss(item: Scored, titles: Mapping[str, str]) -> Miss:
    relevant = item.query.relevant
    best = max(relevant.values(), default=0)
    wanted = [titles.get(entry, entry) for entry, grade in relevant.items() if grade == best]
    place = next((at for at, entry in enumerate(item.ranked, start=1) if entry in relevant), 0)
    found = item.titles[0] if item.titles else ""
    history = tuple(turn.text for turn in item.query.history)
    return Miss(item.query.query, history, tuple(wanted), found, item.confidence, place)
