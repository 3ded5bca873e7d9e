"""`zhike user`: add, list, passwd, disable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from assistant.cli.tokens import ROLES

if TYPE_CHECKING:
    from assistant.accounts.people import People

_T = TypeVar("_T")


@click.group()
def user() -> None:
    """Manage people who sign in.

    Passwords are asked for, or read from standard input when that is not a terminal; they never
    stand on the command line, where others could read them.
    """


@user.command()
@click.argument("login")
@click.option("--name", required=True, help="Shown to colleagues, and in the audit log.")
@click.option("--role", type=click.Choice(ROLES), required=True)
def add(login: str, name: str, role: str) -> None:
    """Add somebody.

    \b
    Example:
      zhike user add lin --name 林编辑 --role editor
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.accounts.roles import Role

    people = _people()
    made = _worded(lambda: people.create(login, name, _password(), Role(role)))
    click.echo(f"{made.name} can sign in as {made.login} ({role}).")


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def list_(as_json: bool) -> None:
    """List everybody."""
    from dataclasses import asdict

    from assistant.cli.opening import say_json, say_table

    known = _people().list()
    if as_json:
        say_json([asdict(person) for person in known])
        return
    say_table(
        ("login", "name", "role", "created", "disabled"),
        (
            (
                person.login,
                person.name,
                person.role.value,
                f"{person.created_at:%Y-%m-%d}",
                f"{person.disabled_at:%Y-%m-%d}" if person.disabled_at else "",
            )
            for person in known
        ),
    )


@user.command()
@click.argument("login")
def passwd(login: str) -> None:
    """Set somebody's password; every session of theirs ends."""
    people = _people()
    _worded(lambda: people.set_password(login, _password()))
    click.echo(f"The password of {login} is changed.")


@user.command()
@click.argument("login")
def disable(login: str) -> None:
    """Lock somebody out at once; what they wrote stays."""
    _people().disable(login)
    click.echo(f"{login} can no longer sign in.")


def _people() -> People:
    from assistant.accounts.accounts import Accounts
    from assistant.cli.opening import open_knowledge
    from kb.clock import utc_now

    _settings, kb = open_knowledge()
    return Accounts(kb.engine, utc_now).people


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _worded(step: Callable[[], _T]) -> _T:
    """Run a step; the codes of refused fields become sentences."""
    from dataclasses import replace

    from assistant.web.messages import field_message
    from kb.errors import InvalidInput

    try:
        return step()
    except InvalidInput as error:
        worded = [replace(p, message=field_message(p.message, "en")) for p in error.problems]
        raise InvalidInput(worded) from None
