"""`zhike freshness`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kb.freshness import BoardRow


@click.command()
@click.option(
    "--fail-on",
    default="",
    metavar="STATES",
    help="Comma-separated states; exit with 1 when an entry is in one of them.",
)
@click.option("--owner", help="Only entries of this owner.")
@click.option("--lang", type=click.Choice(["zh-CN", "en"]), default="zh-CN", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def freshness(fail_on: str, owner: str | None, lang: str, as_json: bool) -> None:
    """Show what needs attention, worst first: use times age times risk.

    States: current, review_due, review_overdue, expired, not_yet_effective, superseded,
    basis_changed, conflict, past_date_in_text, reported_outdated, broken_link.

    \b
    Examples:
      zhike freshness
      zhike freshness --fail-on expired,conflict        (for cron: mails when it fails)
      zhike freshness --owner 退换货组 --json
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.cli.group import FINDINGS
    from assistant.cli.opening import say_json

    failing = _states(fail_on)
    rows = [row for row in _rows() if owner in (None, row.owner)]
    if failing:
        rows = [row for row in rows if row.state.value in failing]
    if as_json:
        say_json([_as_json(row) for row in rows])
    else:
        _show(rows, lang, everything=bool(failing))
    if failing and rows:
        click.get_current_context().exit(FINDINGS)


def _states(text: str) -> frozenset[str]:
    from kb.freshness import State

    wanted = [word.strip() for word in text.split(",") if word.strip()]
    known = [state.value for state in State]
    for word in wanted:
        if word not in known:
            raise click.BadParameter(
                f"{word!r} is none of {', '.join(known)}", param_hint="fail-on"
            )
    return frozenset(wanted)


def _rows() -> list[BoardRow]:
    from assistant.catalogue import take
    from assistant.cli.opening import open_knowledge
    from assistant.insights.insights import Insights
    from kb import freshness
    from kb.clock import utc_now

    settings, kb = open_knowledge()
    now = take(kb, utc_now)
    usage = Insights(kb.engine, utc_now, settings.site_tz).usage()
    return freshness.board(now.entries.values(), now.freshness, usage, now.at)


def _as_json(row: BoardRow) -> dict[str, object]:
    return {
        "entry_id": row.entry_id,
        "kind": row.kind.value,
        "title": row.title,
        "owner": row.owner,
        "state": row.state.value,
        "reasons": [
            {
                "state": reason.state.value,
                "message_zh": reason.message_zh,
                "message_en": reason.message_en,
                "refs": list(reason.refs),
            }
            for reason in row.reasons
        ],
        "damage": row.damage,
        "age_days": row.age_days,
        "usage": row.usage,
        "risk": row.risk,
    }


def _show(rows: list[BoardRow], lang: str, everything: bool) -> None:
    """A table of what is not current, and a line with counts."""
    from collections import Counter

    from assistant.cli.opening import say_table

    shown = [row for row in rows if everything or row.state.value != "current"]
    if shown:
        say_table(
            ("damage", "state", "entry", "owner", "why"),
            (
                (
                    f"{row.damage:.1f}",
                    row.state.value,
                    row.entry_id,
                    row.owner,
                    "; ".join(reason.message(lang) for reason in row.reasons),
                )
                for row in shown
            ),
        )
    counts = Counter(row.state.value for row in rows)
    summary = ", ".join(f"{number} {state}" for state, number in counts.most_common())
    click.echo(summary or "nothing to show", err=True)
