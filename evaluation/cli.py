"""`zhike evaluate`: how good search, replies, risk and freshness are."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import click

from evaluation.options import CONTENT, JSON, say, show

QUERIES = click.option(
    "--queries",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judged queries (JSONL); default: those that come with Zhike.",
)
SPLIT = click.option(
    "--split", type=click.Choice(["dev", "test"]), default="dev", show_default=True
)
_BESIDE = "baseline"  # stands for the committed file where --save is given without one


@click.group()
def evaluate() -> None:
    """Measure search, self-service, risk and freshness, and compare runs."""


@evaluate.command()
@CONTENT
@QUERIES
@SPLIT
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), is_flag=False,
              flag_value=_BESIDE,
              help="Write per-query scores; without a file: the baseline of the gate.")  # fmt: skip
@click.option("--against", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Per-query scores of another run: prints a paired test.")  # fmt: skip
@JSON
def judged(
    content: Path, queries: Path | None, split: str, save: Path | None, against: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Score search on the judged queries, beside its halves and a strong BM25.

    \b
    Examples:
      zhike evaluate judged
      zhike evaluate judged --save before.json
      zhike evaluate judged --against before.json
      zhike evaluate judged --save             refresh the baseline of the gate
    """  # noqa: D301
    from evaluation import gate, measuring

    before = gate.read(against, split) if against else None
    measured = measuring.measure(content, queries, split)
    found = measuring.result(measured)
    if before is not None:
        found["against"] = gate.differences(measured.scored, before)
    if save:
        file = gate.default_file(split) if str(save) == _BESIDE else save
        gate.save(measured.scored, file, split)
        say(f"scores of {len(measured.scored):,} queries written to {file}")
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    click.echo(measuring.text(found))
    for name, value in found.get("against", {}).items():
        click.echo(f"since then {name}: {value}")


@evaluate.command()
@CONTENT
@QUERIES
@SPLIT
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path),
              help="Scores to compare with; default: those that come with Zhike.")  # fmt: skip
@JSON
@click.pass_context
def gate(
    context: click.Context, content: Path, queries: Path | None, split: str,
    baseline: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Fail (exit 1) when search is significantly worse than the baseline.

    Compared are nDCG@10, hit@1 and the AUROC of abstention, each by a paired test: a drop of more
    than 0.005 with p < 0.05 fails, and the queries lost are named. Freshness must hold its bars on
    the same split, see `zhike evaluate freshness`.
    """
    from evaluation import gate as gates
    from evaluation import measuring
    from evaluation.freshness import measuring as freshness_measuring

    before = gates.read(baseline or gates.default_file(split), split)
    measured = measuring.measure(content, queries, split, compare=False)
    verdict = gates.compare(measured.scored, before)
    short = freshness_measuring.below_bars(freshness_measuring.measure(split))
    if as_json:
        found = gates.as_json(verdict) | {"freshness_below_bars": short}
        found["passed"] = found["passed"] and not short
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        click.echo(gates.as_text(verdict, split))
        click.echo(f"  freshness: {'; '.join(short) or 'holds its bars'}")
    if verdict.failed or short:
        context.exit(1)


SYSTEMS = click.option(
    "--systems", default="hybrid,dense,keyword,bm25", show_default=True,
    help="What to compare; minilm (all-MiniLM-L6-v2) is there too.",
)  # fmt: skip
LIMIT = click.option(
    "--limit", type=click.IntRange(min=1),
    help="At most this many queries of each folder, drawn with a fixed seed.",
)  # fmt: skip


@evaluate.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True,
                type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@SYSTEMS
@LIMIT
@JSON
@click.option("--queries", default="queries.jsonl", show_default=True,
              help="Name of the file of queries in the folder.")  # fmt: skip
@click.option("--qrels", default="", help="Name of the file of judgements in the folder.")
@click.option("--save", type=click.Path(file_okay=False, path_type=Path),
              help="Write the scores of each query into this folder, one file a set.")  # fmt: skip
@click.option("--against", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder of saved scores: each system is compared with itself then.")  # fmt: skip
def beir(
    folders: tuple[Path, ...], systems: str, limit: int | None, as_json: bool, queries: str,
    qrels: str, save: Path | None, against: Path | None,
) -> None:  # fmt: skip
    """Compare search with BM25 on any documents and queries in BEIR form.

    A folder holds corpus.jsonl, queries.jsonl and qrels.tsv. The product's own indexer, encoder
    and ranking run on it. Progress goes to the error stream.

    \b
    Examples:
      zhike evaluate beir scifact --json
      zhike evaluate beir set-a set-b --limit 500
    """  # noqa: D301
    from evaluation import comparison

    done = comparison.compare_all(
        folders, _systems(systems), limit, say, queries=queries, qrels=qrels
    )
    rows = [comparison.as_json(item) for item in done]
    for item, row in zip(done, rows, strict=True):
        if against:
            comparison.add_differences(item, row, against)
        if save:
            comparison.save(item, save)
    if len(rows) > 1:
        rows += comparison.means(done)
    if as_json:
        click.echo(json.dumps(rows if len(done) > 1 else rows[0], ensure_ascii=False, indent=1))
    else:
        click.echo(comparison.table(rows))


@evaluate.command()
@CONTENT
@QUERIES
@SPLIT
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default="report.html",
              show_default=True, help="The file to write.")  # fmt: skip
@click.option("--beir", "folders", multiple=True,
              type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder in BEIR form to report too; may be given several times.")  # fmt: skip
@LIMIT
@click.option("--visits", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="What `zhike evaluate selfservice --json` printed, to report too.")  # fmt: skip
@click.option("--lang", type=click.Choice(["zh-CN", "en"]), default="zh-CN", show_default=True)
def report(
    content: Path, queries: Path | None, split: str, out: Path, folders: tuple[Path, ...],
    limit: int | None, visits: Path | None, lang: str,
) -> None:  # fmt: skip
    """Write a report with plots that needs nothing but a browser.

    \b
    Examples:
      zhike evaluate report --out report.html
      zhike evaluate report --lang en --beir set-a --beir set-b
      zhike evaluate selfservice --json > visits.json; zhike evaluate report --visits visits.json
    """  # noqa: D301
    from evaluation import comparison, measuring
    from evaluation.report import page
    from kb.clock import utc_now
    from kb.settings import Settings

    made = utc_now().astimezone(Settings.from_env().site_tz)
    measured = measuring.measure(content, queries, split)
    done = comparison.compare_all(folders, list(comparison.DEFAULT), limit, say)
    played = json.loads(visits.read_text(encoding="utf-8")) if visits else None
    out.write_text(page.render(measured, done, lang, made, played), encoding="utf-8")
    click.echo(f"report on {len(measured.scored):,} queries written to {out}")


@evaluate.command()
@CONTENT
@click.option("--beir", "folders", multiple=True, required=True,
              type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder in BEIR form to learn from as well; may be repeated.")  # fmt: skip
@click.option("--limit", default=800, show_default=True, help="Queries of each folder.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="Ranking file to write; default: the one that Zhike ships.")  # fmt: skip
@click.option("--ablation", type=click.Path(dir_okay=False, path_type=Path),
              help="Write only a Markdown table of what each part is worth.")  # fmt: skip
def fit(
    content: Path, folders: tuple[Path, ...], limit: int, out: Path | None, ablation: Path | None
) -> None:
    """Fit the ranking on the dev queries and on public collections.

    Prints how good it is on queries held out in cross-validation. The test split is never read.

    \b
    Examples:
      zhike evaluate fit --beir sets/a --beir sets/b
      zhike evaluate fit --beir sets/a --beir sets/b --ablation evaluation/ablation.md
    """  # noqa: D301
    from evaluation.fitting import ablation as parts
    from evaluation.fitting import ranking, tasks
    from indexer.ranking import SHIPPED

    learned = tasks.all_tasks(content, folders, limit, say)
    if ablation:
        ablation.write_text(parts.table(learned, say), encoding="utf-8")
        click.echo(f"table written to {ablation}")
        return
    fitted = ranking.fit(learned, say=say)
    target = out or SHIPPED
    target.write_text(fitted.text(), encoding="utf-8")
    click.echo(json.dumps(fitted.figures, ensure_ascii=False, indent=1))
    click.echo(f"ranking written to {target}")


@evaluate.command()
@SPLIT
@JSON
@click.option("--errors", is_flag=True, help="List the contacts that it is wrong about, too.")
def risk(split: str, as_json: bool, errors: bool) -> None:
    """Compare mood, warnings, hand-over, grade and complaint with people's labels.

    \b
    Examples:
      zhike evaluate risk --errors
      zhike evaluate risk --split test --json
    """  # noqa: D301
    from assistant.risk import load_settings
    from evaluation.risk import labelled, measuring

    judged = measuring.judge(labelled.load(split), load_settings())
    found = measuring.result(judged)
    show(found, measuring.text(found, split), as_json=as_json,
         beside=measuring.errors(judged, found) if errors else "")  # fmt: skip


@evaluate.command()
@SPLIT
@JSON
@click.option("--errors", is_flag=True, help="List the cases that it is wrong about, too.")
def freshness(split: str, as_json: bool, errors: bool) -> None:
    """Compare states, conflicts and the ripple of changes with people's labels.

    Fails (exit 1) below the bars: states precision and recall 0.95, conflicts 0.80, ripple recall
    0.95.

    \b
    Examples:
      zhike evaluate freshness --errors
      zhike evaluate freshness --split test --json
    """  # noqa: D301
    from evaluation.freshness import measuring

    found = measuring.measure(split)
    show(found, measuring.text(found), as_json=as_json,
         beside=measuring.errors(found) if errors else "",
         failed=bool(measuring.below_bars(found)))  # fmt: skip


@evaluate.command()
@CONTENT
@click.option("--visits", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Scripts of visits (JSONL); default: those that come with Zhike.")  # fmt: skip
@SPLIT
@JSON
@click.option("--errors", is_flag=True, help="Tell the visits that ended otherwise, too.")
def selfservice(
    content: Path, visits: Path | None, split: str, as_json: bool, errors: bool
) -> None:
    """Simulated customers before self-service, and before a FAQ bot with BM25's top hit.

    Fails (exit 1) beyond the bars: solved with the right entry 0.70 of what public knowledge can
    settle, handed over 0.90 of what needs a person and 0.75 of these at once, wrong answers at the
    end of 0.05 and at any time in 0.10 of all visits at most.

    \b
    Examples:
      zhike evaluate selfservice --errors
      zhike evaluate selfservice --split test --json
    """  # noqa: D301
    from evaluation.selfservice import measuring, running

    measured = running.measure(content, split, say, visits)
    found = measuring.result(measured)
    show(found, measuring.text(found), as_json=as_json,
         beside=measuring.errors(measured) if errors else "",
         failed=bool(measuring.below_bars(found)))  # fmt: skip


@evaluate.command()
@QUERIES
@click.option("--second", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Grades of both (JSONL); default: those that come with Zhike.")  # fmt: skip
@JSON
def agreement(queries: Path | None, second: Path | None, as_json: bool) -> None:
    """How far two people agree on the grades of judged queries (Cohen's kappa).

    \b
    Examples:
      zhike evaluate agreement
      zhike evaluate agreement --second both-grades.jsonl --json
    """  # noqa: D301
    from evaluation import agreement as agreeing
    from evaluation import judged as judging

    asked = judging.load(queries or judging.DEFAULT_FILE)
    found = agreeing.measure(agreeing.load(second or agreeing.DEFAULT_FILE), asked)
    show(found, agreeing.text(found), as_json=as_json)


@evaluate.command("fit-mood")
@click.argument("reviews", metavar="DIR",
                type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path),
              help="File to write; default: the model that Zhike ships.")  # fmt: skip
def fit_mood(reviews: Path, out: Path | None) -> None:
    """Learn the mood model from reviews and from the labelled dev messages.

    DIR holds sentiment_*.jsonl.gz: lines with text and label, 0 for a bad review and 1 for a good
    one. Prints how good the model is on messages held out in cross-validation; the test split is
    never read.
    """
    from assistant.risk.settings import MODEL
    from evaluation.risk import fitting

    fitted = fitting.fit(reviews, say)
    target = out or Path(str(resources.files("assistant.risk") / MODEL))
    target.write_text(fitted.text(), encoding="utf-8")
    click.echo(json.dumps(fitted.figures, ensure_ascii=False, indent=1))
    click.echo(f"mood model written to {target}")


def _systems(text: str) -> list[str]:
    from evaluation.comparison import SYSTEMS

    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in SYSTEMS]
    if unknown or not names:
        wrong = ", ".join(unknown) or "nothing"
        raise click.BadParameter(
            f"{wrong}: choose from {', '.join(SYSTEMS)}", param_hint="--systems"
        )
    return names
