"""`zhike token`: create, list, revoke."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from assistant.accounts.roles import STAFF_ROLES, Role

if TYPE_CHECKING:
    from assistant.accounts.tokens import Tokens

ROLES = [role.value for role in STAFF_ROLES]


@click.group()
def token() -> None:
    """Make and revoke API tokens.

    A token has one role, expires, and is stored as a hash: it is shown once.
    """


@token.command()
@click.option("--role", type=click.Choice(ROLES), required=True, help="What it may do.")
@click.option("--name", default="", help="What it is for; stands in the audit log.")
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def create(role: str, name: str, days: int, as_json: bool) -> None:
    """Make a token; it is printed alone on the last line.

    \b
    Examples:
      zhike token create --role agent --name console
      TOKEN=$(zhike token create --role editor | tail -n 1)
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.cli.opening import say_json

    secret, made = _tokens().create(Role(role), name, days)
    if as_json:
        row = {"id": made.id, "name": made.name, "role": role, "expires_at": made.expires_at}
        say_json({**row, "token": secret})
        return
    click.echo(f"Token {made.id} ({made.name}, {role}), valid until {made.expires_at:%Y-%m-%d}.")
    click.echo("It is shown this once; keep it safe.")
    click.echo(secret)


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def list_(as_json: bool) -> None:
    """List tokens, newest first; the tokens themselves are not stored."""
    from dataclasses import asdict

    from assistant.cli.opening import say_json, say_table

    known = _tokens().list()
    if as_json:
        say_json([asdict(each) for each in known])
        return
    say_table(
        ("id", "name", "role", "created", "expires", "revoked"),
        (
            (
                each.id,
                each.name,
                each.role.value,
                f"{each.created_at:%Y-%m-%d}",
                f"{each.expires_at:%Y-%m-%d}",
                f"{each.revoked_at:%Y-%m-%d}" if each.revoked_at else "",
            )
            for each in known
        ),
    )


@token.command()
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """Make a token worthless at once, by the id that `list` shows."""
    _tokens().revoke(token_id)
    click.echo(f"Token {token_id} is revoked.")


def _tokens() -> Tokens:
    from assistant.accounts.accounts import Accounts
    from assistant.cli.opening import open_knowledge
    from kb.clock import utc_now

    _settings, kb = open_knowledge()
    return Accounts(kb.engine, utc_now).tokens
