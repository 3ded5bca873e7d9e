"""Fits `ranking.json` to judged queries: `python -m indexer.calibrate --judged FILE.jsonl`.

Learns from the `dev` split; the `test` split is only measured, and only with `--test`, so that it
stays a fair exam. Run it again after training another encoder.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from indexer.encoder import load_encoder
from indexer.figures import Measured, measures
from indexer.fitting import fit
from indexer.ranking import DENSE, FEATURES, SHIPPED, Ranking
from indexer.results import SearchRequest
from indexer.search import Searcher
from kb.clock import parse_local
from kb.errors import InvalidInput, NotFound, Problem
from kb.model import Audience
from kb.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query, the grade of each relevant entry (2 answers, 1 helps), its split and its date."""

    query: str
    relevant: dict[str, int]
    split: str
    as_of: datetime | None = None


def read_judged(path: Path, tz: ZoneInfo) -> list[JudgedQuery]:
    """Read judged queries, one JSON object a line.

    Raises:
        InvalidInput: A line is malformed; every such line is named.
    """
    found: list[JudgedQuery] = []
    problems: list[Problem] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            relevant = {str(entry): int(grade) for entry, grade in row["relevant"].items()}
            as_of = parse_local(row["as_of"], tz) if row.get("as_of") else None
            found.append(JudgedQuery(str(row["query"]), relevant, str(row["split"]), as_of))
        except (InvalidInput, KeyError, TypeError, ValueError, AttributeError) as error:
            problems.append(Problem(str(path), number, "", f"not a judged query: {error!r}"))
    if problems:
        raise InvalidInput(problems)
    return found


def measure(
    searcher: Searcher, judged: list[JudgedQuery], as_of: datetime | None, dense: bool = True
) -> Iterator[Measured]:
    """Each judged query with its measured candidates, seen by staff.

    Args:
        searcher: Searches the staff index.
        judged: The queries.
        as_of: The moment of queries that name none; None means now.
        dense: Whether vectors are used; False measures keyword-only mode.

    Raises:
        NotFound: There is no index, or its vectors cannot be used.
    """
    opened = searcher.opened()
    if opened is None or opened.reason:
        raise NotFound(f"the index is not usable: {searcher.degraded_reason}")
    if not dense:
        opened = replace(opened, vectors=None, rows=None, background=None)
    for row in judged:
        request = SearchRequest(row.query, as_of=row.as_of or as_of, audiences=frozenset(Audience))
        _, found = searcher.measure(opened, request)
        entries = tuple(opened.catalogue.revisions[at].entry_id for at in found.revisions)
        yield Measured(entries, found.features, row.relevant)


def calibrate(
    searcher: Searcher, judged: list[JudgedQuery], as_of: datetime | None, test: bool = False
) -> Ranking:
    """Fit both models to the dev split; measure them there and, on request, on the test split."""
    words = [name for name in FEATURES if name not in DENSE]
    models, figures = [], {}
    for name, features, dense in (("full", list(FEATURES), True), ("keywords", words, False)):
        learned = [row for row in judged if row.split == "dev"]
        seen = list(measure(searcher, learned, as_of, dense))
        model = fit(seen, features)
        models.append(model)
        figures[name] = {"dev": _rounded(measures(model, seen))}
        if test:
            exam = [row for row in judged if row.split == "test"]
            unseen = list(measure(searcher, exam, as_of, dense))
            figures[name]["test"] = _rounded(measures(model, unseen))
    opened = searcher.opened()
    fitted_to = {"generation": opened.name if opened else "", "encoder": searcher.encoder_name}
    return Ranking(models[0], models[1], {**fitted_to, **figures})


def _rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in found.items()}


@click.command()
@click.option("--judged", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--index", type=click.Path(path_type=Path), help="Default: <data>/index/staff.")
@click.option("--as-of", help="Date of queries that name none, site time. Default: now.")
@click.option("--out", type=click.Path(path_type=Path), default=SHIPPED, show_default=True)
@click.option("--test", is_flag=True, help="Measure on the test split as well.")
@click.option("--dry-run", is_flag=True, help="Only tell the figures.")
def main(
    judged: Path, index: Path | None, as_of: str | None, out: Path, test: bool, dry_run: bool
) -> None:
    """Fit the weights of the ranking to judged queries."""
    settings = Settings.from_env()
    when = parse_local(as_of, settings.site_tz) if as_of else None
    searcher = Searcher(index or settings.data / "index" / "staff", load_encoder(settings))
    ranking = calibrate(searcher, read_judged(judged, settings.site_tz), when, test)
    if not dry_run:
        out.write_text(ranking.text(), "utf-8")
    click.echo(json.dumps(ranking.figures, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
