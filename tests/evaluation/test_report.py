from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from evaluation import comparison
from evaluation.cli import evaluate
from evaluation.metrics import Operating, operating_points
from evaluation.metrics import reliability as bins
from evaluation.report import charts, page
from tests.evaluation.folders import JUDGED, beir, content, judged
from tests.indexer.fakes import BigramEncoder


def shape(value: Any) -> Any:
    """The names in a file of texts, and what each text expects to be filled in."""
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value]
    return sorted(set(re.findall(r"{(\w+)}", value)))


def test_both_languages_say_the_same_things() -> None:
    folder = Path(page.__file__).parent
    texts = [json.loads((folder / f"{lang}.json").read_text("utf-8")) for lang in page.LANGUAGES]
    for text in texts:
        text.pop("cuts")  # names that are English already need no words
    assert shape(texts[0]) == shape(texts[1])


class Reader(HTMLParser):
    """Collects what a page loads and the text it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.text: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [f"{tag} {name}" for name, _ in attrs if name in {"src", "href", "srcset"}]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "load_encoder", lambda settings: BigramEncoder())


@pytest.mark.parametrize("lang", page.LANGUAGES)
@pytest.mark.usefixtures("encoder")
def test_the_report_is_whole_and_loads_nothing(tmp_path: Path, lang: str) -> None:
    rows = [
        *JUDGED,
        {"id": "bad", "query": "<b>组长</b>退款赔付?", "relevant": {"compensation": 2}},
    ]
    out = tmp_path / "report.html"
    done = CliRunner().invoke(
        evaluate,
        ["report", "--content", str(content(tmp_path / "content")), "--queries",
         str(judged(tmp_path / "judged.jsonl", rows)), "--out", str(out), "--lang", lang,
         "--beir", str(beir(tmp_path / "shop")), "--beir", str(beir(tmp_path / "shop2"))],
        catch_exceptions=False,
    )  # fmt: skip
    assert done.exit_code == 0
    text = out.read_text("utf-8")
    reader = Reader()
    reader.feed(text)
    assert reader.loaded == []
    assert "url(" not in text
    assert "@import" not in text
    assert reader.open == []
    shown = " ".join(reader.text)
    assert "<b>组长</b>退款赔付?" in shown  # what people typed is shown, never run
    assert "赔付权限" in shown
    assert not re.search(r"{\w*}", re.sub(r"(?s)<style>.*?</style>", "", text))
    assert text.count("<figure>") == 3
    for name in ("shop", "shop2"):
        assert name in shown
    for drawn in re.findall(r"(?s)<svg.*?</svg>", text):
        ElementTree.fromstring(drawn)


def test_a_report_on_nothing_but_answers_leaves_out_what_there_is_not(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    CliRunner().invoke(
        evaluate,
        ["report", "--content", str(content(tmp_path / "content")), "--queries",
         str(judged(tmp_path / "judged.jsonl", [JUDGED[2]])), "--out", str(out), "--lang", "en"],
        catch_exceptions=False,
    )  # fmt: skip
    text = out.read_text("utf-8")
    assert "The first entry is right for every question" in text
    assert text.count("<figure>") == 2
    for absent in ("On public sets", "Follow-up questions", "should not have answered"):
        assert absent not in text


def test_a_report_on_nothing_that_has_an_answer_is_still_a_page(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    CliRunner().invoke(
        evaluate,
        ["report", "--content", str(content(tmp_path / "content")), "--queries",
         str(judged(tmp_path / "judged.jsonl", [JUDGED[4]])), "--out", str(out), "--lang", "en"],
        catch_exceptions=False,
    )  # fmt: skip
    assert "differ by" not in out.read_text("utf-8")


@pytest.mark.parametrize(("lang", "told"), [("zh-CN", "自助服务"), ("en", "simulated visits")])
def test_simulated_visits_are_reported_where_they_were_played(
    tmp_path: Path, lang: str, told: str
) -> None:
    share = {"share": 0.9, "count": 9, "of": 10, "interval": [0.6, 0.98]}
    none = {"share": None, "count": 0, "of": 0, "interval": None}
    names = json.loads((Path(page.__file__).parent / "en.json").read_text("utf-8"))["visit_figures"]
    test = {"difference": 0.125, "interval": [0.02, 0.2], "p": 0.0001}
    played = {
        "split": "test", "visits": 10, "product": dict.fromkeys(names, share),
        "faq_bot": dict.fromkeys(names, none), "paired": {"solved": test, "wrong_answer": test},
    }  # fmt: skip
    file, out = tmp_path / "visits.json", tmp_path / "report.html"
    file.write_text(json.dumps(played), encoding="utf-8")
    CliRunner().invoke(
        evaluate,
        ["report", "--content", str(content(tmp_path / "content")), "--queries",
         str(judged(tmp_path / "judged.jsonl", [JUDGED[2]])), "--out", str(out), "--lang", lang,
         "--visits", str(file)],
        catch_exceptions=False,
    )  # fmt: skip
    reader = Reader()
    reader.feed(out.read_text("utf-8"))
    shown = " ".join(reader.text)
    assert told in shown
    assert shown.count("90.0% (60%–98%)") == len(names)
    assert "+12.5" in shown and "&lt;" not in shown


def test_figures_are_written_for_people() -> None:
    assert page.percent(0.1234, 1) == "12.3%"
    assert page.p_value(0.0001) == "< 0.001"
    assert page.p_value(0.0421) == "= 0.042"


def numbers(drawing: str, name: str) -> list[float]:
    return [float(value) for value in re.findall(rf' {name}="([\d.]+)"', drawing)]


def test_bars_are_as_long_as_their_values_and_say_them() -> None:
    drawn = charts.bars([charts.Bar("甲 <1>", 0.5, "50%", True), charts.Bar("乙", 0.25, "25%")])
    assert numbers(drawn, "width") == [100, 50, 100, 25]
    assert "甲 &lt;1&gt;" in drawn
    assert drawn.count('class="strong"') == 1


def test_honest_confidence_lies_on_the_diagonal() -> None:
    drawn = charts.reliability(bins([0.25] * 4 + [0.75] * 4, [1, 0, 0, 0, 1, 1, 1, 0]), "t",
                               ("across", "up"), "ideal")  # fmt: skip
    dots = re.findall(r'<circle class="dot" cx="([\d.]+)" cy="([\d.]+)"', drawn)
    line = re.search(r'class="ideal" x1="(.+?)" y1="(.+?)" x2="(.+?)" y2="(.+?)"', drawn)
    assert line is not None
    x1, y1, x2, y2 = map(float, line.groups())
    for x, y in dots:
        across, up = (float(x) - x1) / (x2 - x1), (float(y) - y1) / (y2 - y1)
        assert across == pytest.approx(up, abs=0.01)
    assert len(dots) == 2


def test_the_curve_of_a_share_falls_with_the_threshold() -> None:
    points = operating_points([0.9, 0.5, 0.4], [1, 1, 1], [0.45, 0.1])
    zones = [charts.Zone(0, 0.4, "abstain"), charts.Zone(0.4, 1, "answer")]
    drawn = charts.trade(points, zones, "t", ("across", "up"), ("one", "two"))
    heights = [float(y) for y in re.findall(r"V([\d.]+)", drawn.split('class="curve wasted"')[0])]
    assert heights == sorted(heights, reverse=True)  # up the page as the threshold falls
    assert drawn.count('class="zone ') == 2
    assert drawn.count('class="cut"') == 1


def test_the_chosen_threshold_is_marked() -> None:
    chosen = Operating(0.5, 1.0, 0.0, 0.0)
    drawn = charts.risk([chosen], chosen, "t", ("across", "up"), "now & here")
    assert "now &amp; here" in drawn
    corner = re.search(r'class="chosen" cx="([\d.]+)" cy="([\d.]+)"', drawn)
    assert corner is not None
    assert corner.groups() == re.findall(r'points="([\d.]+),([\d.]+)"', drawn)[0]
