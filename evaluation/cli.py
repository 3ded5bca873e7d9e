"""`zhike evaluate` and `zhike bench`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from evaluation.runs import Scored

CONTENT = click.option(
    "--content",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="content",
    show_default=True,
    help="Folder of Markdown entries to measure on.",
)


@click.group()
def evaluate() -> None:
    """Measure retrieval on judged queries and compare runs."""


@evaluate.command()
@CONTENT
@click.option("--queries", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Judged queries (JSONL); default: those that come with Zhike.")  # fmt: skip
@click.option("--split", type=click.Choice(["dev", "test"]), default="dev", show_default=True)
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path),
              help="Write per-query scores as JSON, to compare later.")  # fmt: skip
@click.option("--against", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Per-query scores of another run: prints a paired test.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def judged(
    content: Path, queries: Path | None, split: str, save: Path | None, against: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Score search on the judged queries.

    \b
    Examples:
      zhike evaluate judged
      zhike evaluate judged --save before.json
      zhike evaluate judged --against before.json
    """  # noqa: D301
    from evaluation import judged as judged_file
    from evaluation import runs
    from evaluation.workspace import workspace
    from kb.clock import parse_local

    wanted = judged_file.load(queries or judged_file.DEFAULT_FILE, split)
    with workspace(content) as copy:
        tz = copy.settings.site_tz
        scored = runs.run(wanted, copy.searcher, lambda date: parse_local(date, tz))
    result: dict[str, Any] = {
        "split": split, "all": runs.summary(scored), "by_tag": runs.by_tag(scored),
    }  # fmt: skip
    if against:
        result["against"] = _compare(scored, json.loads(against.read_text(encoding="utf-8")))
    if save:
        save.write_text(json.dumps(_per_query(scored), ensure_ascii=False, indent=1) + "\n",
                        encoding="utf-8")  # fmt: skip
    click.echo(json.dumps(result, ensure_ascii=False, indent=1) if as_json else _text(result))


@click.command()
@CONTENT
@click.option("--clients", default=20, show_default=True, help="Concurrent clients.")
@click.option("--requests", default=100, show_default=True, help="Requests of each client.")
@click.option("--think", default=0.2, show_default=True,
              help="Mean seconds a client of the paced load thinks between questions.")  # fmt: skip
def bench(content: Path, clients: int, requests: int, think: float) -> None:
    """Latency of search on the real service under concurrent clients.

    Two loads are printed: paced (clients think between questions) and saturated (they do not,
    which shows capacity). Server times are from the Server-Timing header.
    """
    from evaluation import bench as load_test
    from evaluation import judged as judged_file
    from evaluation.workspace import service, workspace

    queries = [item.query for item in judged_file.load()]
    click.echo(f"Importing {content} and starting the service …", err=True)
    with workspace(content) as copy, service(copy.settings) as (port, token):
        load_test.measure(port, token, queries, load_test.Load(clients, 10, 0.0))  # warm-up
        for name, pause in (("paced", think), ("saturated", 0.0)):
            load = load_test.Load(clients, requests, pause)
            samples, seconds = load_test.measure(port, token, queries, load)
            label = f"{name}, {clients} clients" + (f", think {pause} s" if pause else "")
            click.echo("\n".join(load_test.table(label, samples, seconds)))


def _per_query(scored: list[Scored]) -> dict[str, Any]:
    return {item.query.id: {**item.scores, "ranked": item.ranked, "confidence": item.confidence}
            for item in scored}  # fmt: skip


def _compare(scored: list[Scored], before: dict[str, Any]) -> dict[str, Any]:
    from evaluation.metrics import paired_p_value
    from evaluation.runs import METRICS

    both = [item for item in scored if item.scores and "hit@1" in before.get(item.query.id, {})]
    result: dict[str, Any] = {"n": len(both)}
    for name in METRICS if both else ():
        now = [item.scores[name] for item in both]
        then = [float(before[item.query.id][name]) for item in both]
        result[name] = {
            "difference": round((sum(now) - sum(then)) / len(both), 4),
            "p": round(paired_p_value(now, then), 4),
        }
    return result


def _text(result: dict[str, Any]) -> str:
    rows = [("all", result["all"]), *result["by_tag"].items()]
    columns = ("n", "ndcg@10", "mrr@10", "hit@1", "hit@3", "recall@10")
    lines = ["  ".join([f"{result['split']:<14}", *(f"{c:>9}" for c in columns)])]
    for name, values in rows:
        if values["n"]:
            lines.append("  ".join([f"{name:<14}", *(f"{values[c]:>9}" for c in columns)]))
    overall = result["all"]
    lines.append(
        f"no-answer queries {overall['n_no_answer']}: AUROC {overall['abstention_auroc']}, "
        f"answered {overall['answered_share']:.0%} of answerable and "
        f"{overall['false_answer_share']:.0%} of unanswerable ones; ECE {overall['ece']}"
    )
    if overall["n_revision"]:
        lines.append(
            f"queries about another day {overall['n_revision']}: "
            f"{overall['right_revision']:.0%} found the revision of that day"
        )
    if "against" in result:
        lines += [f"{name}: {value}" for name, value in result["against"].items()]
    return "\n".join(lines)
