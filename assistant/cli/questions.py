"""`zhike questions`: the questions that every impact preview asks, from the command line."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def questions() -> None:
    """Saved questions: what must go on being answered when knowledge changes.

    \b
    Examples:
      zhike questions list --must-hit
      zhike questions import content/questions.csv --dry-run
      zhike questions export questions.csv
    """  # noqa: D301 - \b keeps click from joining the lines


@questions.command("import")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--actor", default="import", show_default=True, help="Name of who brings them.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def import_(source: Path, dry_run: bool, actor: str, as_json: bool) -> None:
    """Keep the questions of a CSV file.

    Columns by header: question, expects (ids of entries of which one has to answer, parted by
    spaces), must_hit (yes or no), as_of, audience (customer, agent, internal), channel. Only
    question is needed. What editors changed or deleted here stays as they left it. Exits with 1
    when a row was refused.

    \b
    Examples:
      zhike questions import content/questions.csv --dry-run
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.cli.group import FINDINGS
    from assistant.cli.opening import open_knowledge, say_json
    from assistant.impact.bringing import bring_file

    _settings, kb = open_knowledge()
    done = bring_file(source, kb, actor, dry_run=dry_run)
    if as_json:
        say_json(
            {
                "dry_run": dry_run,
                "new": done.new,
                "changed": done.changed,
                "unchanged": done.unchanged,
                "kept": done.kept,
                "problems": [str(problem) for problem in done.problems],
            }
        )
    else:
        for problem in done.problems:
            click.echo(str(problem), err=True)
        click.echo(("Would import: " if dry_run else "Imported: ") + done.summary)
    if done.problems:
        click.get_current_context().exit(FINDINGS)


@questions.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
def export(target: Path) -> None:
    """Write all saved questions to a CSV file that imports again."""
    from assistant.cli.opening import open_knowledge
    from assistant.impact.bringing import questions_of
    from assistant.impact.question_files import written

    settings, kb = open_knowledge()
    saved = questions_of(kb).all()
    aside = target.with_name(f".{target.name}.part")
    try:
        with aside.open("wb") as file:
            file.writelines(written(saved, settings.site_tz))
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    click.echo(f"Exported to {target}: {len(saved)} questions")


@questions.command("list")
@click.option("--entry", default="", help="Only those that expect this entry.")
@click.option("--must-hit", is_flag=True, help="Only those that must be answered.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def list_(entry: str, must_hit: bool, as_json: bool) -> None:
    """List saved questions, those that must be answered first."""
    from assistant.cli.opening import open_knowledge, say_json, say_table
    from assistant.impact.bringing import questions_of
    from kb.clock import format_local

    settings, kb = open_knowledge()
    found = [saved for saved in questions_of(kb).find("", entry) if saved.must_hit or not must_hit]
    rows = [
        {
            "id": saved.id,
            "question": saved.question.text,
            "must_hit": saved.must_hit,
            "audience": saved.question.audience.value,
            "channel": saved.question.channel.value if saved.question.channel else "",
            "as_of": format_local(saved.question.as_of, settings.site_tz)
            if saved.question.as_of
            else "",
            "expects": list(saved.question.expects),
            "source": saved.source,
            "updated_by": saved.updated_by,
        }
        for saved in found
    ]
    if as_json:
        say_json(rows)
        return
    lines = [
        ("must" if row["must_hit"] else "", row["audience"], row["as_of"], row["question"],
         " ".join(row["expects"]))  # type: ignore[arg-type]  # a list of ids
        for row in rows
    ]  # fmt: skip
    say_table(("hit", "audience", "as of", "question", "expects"), lines)
