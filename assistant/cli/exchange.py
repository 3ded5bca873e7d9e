"""`zhike import` and `zhike export`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.progress import Progress

if TYPE_CHECKING:
    from kb.exchange import ImportPlan
    from kb.formats.imports import Imports
    from kb.formats.runs import Run
    from kb.knowledge import KnowledgeBase

_LANGS = click.Choice(["zh-CN", "en"])


@click.command("import")
@click.argument("source", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option(
    "--failed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rows that failed, with reasons, to this CSV file.",
)
@click.option("--resume", metavar="RUN", help="Carry out a dry run, or continue after a crash.")
@click.option("--as-drafts", is_flag=True, help="Ignore status and record times: import drafts.")
@click.option("--approved-by", default="", metavar="NAME", help="Publish, approved by NAME.")
@click.option("--skip-duplicates", is_flag=True, help="Leave out rows that repeat something.")
@click.option(
    "--audience",
    type=click.Choice(["customer", "agent", "internal"]),
    default="agent",
    show_default=True,
    help="Readers of new entries, where the file does not say.",
)
@click.option("--owner", default="", help="Owner of new entries, where the file does not say.")
@click.option("--split", type=click.IntRange(0, 4), help="Lowest heading that begins an entry.")
@click.option("--actor", default="import", show_default=True, help="Name in the audit log.")
@click.option("--lang", type=_LANGS, default="zh-CN", show_default=True, help="Of reasons.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def import_(
    source: Path | None,
    dry_run: bool,
    failed: Path | None,
    resume: str | None,
    as_drafts: bool,
    approved_by: str,
    skip_duplicates: bool,
    audience: str,
    owner: str,
    split: int | None,
    actor: str,
    lang: str,
    as_json: bool,
) -> None:
    """Import a file, or a folder of Markdown files with front matter.

    Files may be Markdown, XLSX or CSV (our own export, or the forms of MaxKB, FastGPT, WeKnora
    and Dify, told by their headers), DOCX manuals, HTML pages, and ZIP archives of Markdown or
    HTML. Rows of other products and pages become drafts unless --approved-by publishes them.

    What is here already is left alone, so it can be repeated at any time, also after it was
    interrupted. What is bad is named with line and reason; the rest is imported. Exits with 1
    when something was refused.

    \b
    Examples:
      zhike import content --dry-run
      zhike import faq.xlsx --dry-run --failed failed.csv
      zhike import --resume 3f0c2a9d11e04b57
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.cli.group import FINDINGS
    from assistant.cli.opening import open_knowledge
    from kb.formats.imports import Imports
    from kb.formats.proposals import ImportOptions
    from kb.formats.runs import ApplyOptions
    from kb.model import Audience

    if (source is None) == (resume is None):
        raise click.UsageError("name a file or folder, or a run with --resume")
    settings, kb = open_knowledge()
    if source is not None and (source.is_dir() or source.suffix.lower() == ".md"):
        bad = _import_markdown(kb, source, dry_run, as_drafts, actor, failed, lang, as_json)
    else:
        imports = Imports(kb, settings.data)
        if source is not None:
            options = ImportOptions(Audience(audience), owner=owner, split=split)
            with source.open("rb") as file:
                run = imports.receive(
                    source.name, file, actor, options, trusted=not as_drafts
                )  # fmt: skip
        else:
            run = imports.run(resume or "")
        how = ApplyOptions(approved_by, skip_duplicates)
        bad = _carry_out(imports, run, actor, None if dry_run else how, failed, lang, as_json)
    if bad:
        click.get_current_context().exit(FINDINGS)


def _import_markdown(
    kb: KnowledgeBase,
    source: Path,
    dry_run: bool,
    as_drafts: bool,
    actor: str,
    failed: Path | None,
    lang: str,
    as_json: bool,
) -> bool:
    """Import a folder or a file of Markdown; gives whether anything was refused."""
    from assistant.cli.opening import say_json
    from assistant.impact.bringing import bring_folder
    from kb.exchange import Action, apply_import, plan_import

    plan = plan_import(source, kb, trusted=not as_drafts)
    if not dry_run:
        say = partial(click.echo, err=True)
        plan = apply_import(plan, kb, actor, Progress(say, "files"))
    questions = bring_folder(source, kb, actor, dry_run=dry_run)
    unnamed = kb.learn_products(source, actor, dry_run=dry_run)
    for problem in unnamed:
        click.echo(str(problem), err=True)
    if failed is not None:
        _write_problems(plan, failed, lang)
    if as_json:
        rows = [
            {
                "source": row.source,
                "entry_id": row.entry_id,
                "revision": row.revision,
                "outcome": row.action.value,
                "problems": [str(problem) for problem in row.problems],
            }
            for row in plan.rows
        ]
        brought = questions.counts if questions else {}
        say_json({"dry_run": dry_run, "counts": plan.counts, "rows": rows, "questions": brought})
    else:
        for problem in plan.problems:
            click.echo(str(problem), err=True)
        click.echo(("Would import: " if dry_run else "Imported: ") + plan.summary)
        if questions is not None:
            for problem in questions.problems:
                click.echo(str(problem), err=True)
            click.echo(f"Questions: {questions.summary}")
    refused = bool(unnamed) or bool(questions and questions.problems)
    return refused or bool(plan.counts[Action.FAILED])


def _write_problems(plan: ImportPlan, path: Path, lang: str) -> None:
    from kb.formats.delimited import csv_bytes
    from kb.formats.wording import said

    header = ("file", "line", "field", "reason") if lang == "en" else ("文件", "行", "字段", "原因")
    lines = [
        (problem.source, str(problem.line or ""), problem.field, said(problem.message, lang))
        for problem in plan.problems
    ]
    path.write_bytes(b"".join(csv_bytes([header, *lines])))


def _carry_out(
    imports: Imports,
    run: Run,
    actor: str,
    how: object,
    failed: Path | None,
    lang: str,
    as_json: bool,
) -> bool:
    """Plan a run and, unless `how` is None, carry it out; gives whether anything was refused."""
    from kb.errors import InvalidInput, Problem
    from kb.formats.planning import Outcome
    from kb.formats.runs import ApplyOptions, RunState
    from kb.formats.wording import said

    say = partial(click.echo, err=True)
    run = imports.plan(run.id, Progress(say, "rows read"))
    if run.state is RunState.REFUSED:
        raise InvalidInput([Problem(run.name, 0, "", said(run.reason, lang))])
    if isinstance(how, ApplyOptions):
        run = imports.apply(run.id, actor, how, Progress(say, "rows imported"))
    if failed is not None:
        with failed.open("wb") as file:
            file.writelines(imports.failed(run.id, lang))
    _report(imports, run, lang, as_json)
    return bool(run.counts[Outcome.FAILED])


def _report(imports: Imports, run: Run, lang: str, as_json: bool) -> None:
    from assistant.cli.opening import say_json
    from kb.formats.failures import reasons
    from kb.formats.planning import Outcome
    from kb.formats.runs import RunState
    from kb.formats.wording import said

    done = run.state is RunState.DONE
    bad = imports.rows(run.id, (Outcome.FAILED,), limit=run.counts[Outcome.FAILED])
    if as_json:
        rows = [
            {"place": row.place, "line": row.line, "title": row.title, "reason": reasons(row, lang)}
            for row in bad
        ]
        say_json({"run": run.id, "dry_run": not done, "counts": run.counts, "failed": rows,
                  "duplicates": run.duplicates, "notes": run.notes})  # fmt: skip
        return
    for row in bad:
        place = f"{run.name}/{row.place}" if row.place and row.place != run.name else run.name
        click.echo(f"{place}:{row.line or row.number}: {reasons(row, lang)}", err=True)
    for note in run.notes:
        click.echo(f"note: {said(note, lang)}", err=True)
    click.echo(("Imported: " if done else "Would import: ") + run.summary)
    if run.duplicates:
        click.echo(f"{run.duplicates} rows repeat a question or content of another row or entry")
    if not done and run.counts[Outcome.NEW] + run.counts[Outcome.CHANGED]:
        click.echo(f"Carry it out with: zhike import --resume {run.id}")


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "xlsx", "csv"]),
    help="Default: by the ending of TARGET, else Markdown.",
)
@click.option("--newest", is_flag=True, help="Only the newest revision of each entry (tables).")
@click.option("--lang", type=_LANGS, default="zh-CN", show_default=True, help="Of table headers.")
def export(target: Path, form: str | None, newest: bool, lang: str) -> None:
    """Export every revision of every entry: Markdown files in a folder, or one XLSX or CSV file.

    Unchanged Markdown files are left alone and others replaced one by one, so an export into a
    git checkout shows exactly what changed. Importing an export gives the same knowledge base.

    \b
    Examples:
      zhike export content
      zhike export knowledge.xlsx
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.cli.opening import open_knowledge
    from kb import exchange
    from kb.formats.exporting import TableFormat, revisions_of, table_bytes, table_rows

    ending = target.suffix.lower().removeprefix(".")
    form = form or (ending if ending in set(TableFormat) else "markdown")
    _settings, kb = open_knowledge()
    if form == "markdown":
        if target.is_file():
            raise click.UsageError(f"{target} is a file; Markdown is exported into a folder")
        report = exchange.export(kb, target)
        click.echo(f"Exported to {target}: {report.written} written, {report.unchanged} unchanged")
        return
    pairs = revisions_of(kb.snapshot(), newest_only=newest)
    aside = target.with_name(f".{target.name}.part")
    try:
        with aside.open("wb") as file:
            file.writelines(
                table_bytes(table_rows(pairs, kb.site_tz, lang), TableFormat(form), lang)
            )
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    click.echo(f"Exported to {target}: {len(pairs)} revisions")
