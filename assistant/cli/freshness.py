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
@click.option("--snoozed", is_flag=True, help="Also what somebody put off.")
@click.option(
    "--ripple", "rule", metavar="ID", help="What a change of this entry touches, instead."
)
@click.option("--revision", type=click.IntRange(min=1), help="With --ripple; default: the newest.")
@click.option("--digest", is_flag=True, help="Send each owner their digest, instead (for cron).")
@click.option("--dry-run", is_flag=True, help="With --digest: print, send nothing.")
@click.option("--lang", type=click.Choice(["zh-CN", "en"]), default="zh-CN", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def freshness(
    fail_on: str, owner: str | None, snoozed: bool, rule: str | None, revision: int | None,
    digest: bool, dry_run: bool, lang: str, as_json: bool,
) -> None:  # fmt: skip
    """Show what needs attention, worst first: use times age times risk.

    States: current, review_due, review_overdue, expired, not_yet_effective, superseded,
    basis_changed, conflict, past_date_in_text, reported_outdated, broken_link.

    Digests go by webhook (ZHIKE_WEBHOOK_URL, ZHIKE_WEBHOOK_SECRET, ZHIKE_WEBHOOK_PRIVATE=1 for an
    address inside the own network) and by e-mail (ZHIKE_SMTP_URL, ZHIKE_MAIL_FROM,
    ZHIKE_DIGEST_TO=owner=address,*=address); ZHIKE_SITE_URL is put into their links.

    \b
    Examples:
      zhike freshness
      zhike freshness --ripple price-protect --revision 3
      zhike freshness --digest --dry-run
      zhike freshness --fail-on expired,conflict        (for cron: mails when it fails)
      zhike freshness --owner 退换货组 --json
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.cli.group import FINDINGS
    from assistant.cli.opening import say_json

    if rule:
        from assistant.cli.freshness_ripple import show_ripple

        show_ripple(rule, revision, as_json)
        return
    if digest:
        from assistant.cli.freshness_digest import send_digests

        if not send_digests(owner, lang, dry_run=dry_run, as_json=as_json):
            click.get_current_context().exit(FINDINGS)
        return
    failing = _states(fail_on)
    rows = [
        row for row in _rows() if owner in (None, row.owner) and (snoozed or row.snooze is None)
    ]
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
    from assistant.desk import tasks
    from assistant.insights.insights import Insights
    from kb.clock import utc_now
    from kb.images import ImageStore
    from kb.states import State

    settings, kb = open_knowledge()
    usage = Insights(kb.engine, utc_now, settings.site_tz).usage()
    found = tasks.rows(take(kb, utc_now, ImageStore(settings.data / "images")), usage)
    return [row for row in found if row.state is not State.CURRENT]


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
        "snoozed_until": row.snooze.until if row.snooze else None,
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
