"""`zhike site`: add, list, change, secret, remove."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from assistant.selfservice.model import Site
    from assistant.selfservice.sites import SiteChanges, Sites

_POSITIONS = ("left", "right")  # those of `Position`, whose module is too much for a help text


@click.group()
def site() -> None:
    """Say which pages may embed the widget, and how it looks there.

    A site without origins is embedded nowhere. The site `help` is built in: it is the bubble on the
    help centre's own pages.

    \b
    Examples:
      zhike site add --name 官网商城 --origin https://shop.example.com
      zhike site change help --hours 'Mon-Fri 09:00-21:00; Sat,Sun 10:00-18:00'
    """  # noqa: D301 - \b keeps click from joining the lines


def _parts(command: Callable[..., None]) -> Callable[..., None]:
    """The options that `add` and `change` share."""
    for option in (
        click.option(
            "--origin",
            "origins",
            multiple=True,
            help="A page's origin, such as https://shop.example.com; once for each.",
        ),
        click.option("--title", help="Stands at the top of the widget."),
        click.option("--color", help="The widget's colour, such as '#1a56db'."),
        click.option("--position", type=click.Choice(_POSITIONS), help="Its corner of the page."),
        click.option(
            "--hours",
            help="When somebody is there: 'Mon-Fri 09:00-21:00; Sat,Sun 10:00-18:00', "
            "'' always, 'never'.",
        ),
        click.option("--webhook", "webhook_url", help="Is told of what is handed over."),
    ):
        command = option(command)
    return command


@site.command()
@click.option("--name", required=True, help="Names the site to colleagues.")
@_parts
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def add(as_json: bool, **parts: Any) -> None:  # noqa: ANN401 - the options above
    """Add a site and show how to embed the widget there.

    \b
    Example:
      zhike site add --name 官网商城 --origin https://shop.example.com \\
        --hours 'Mon-Fri 09:00-21:00; Sat,Sun 10:00-18:00'
    """  # noqa: D301 - \b keeps click from joining the lines
    from assistant.cli.opening import say_json

    made = _sites().add(_changes(parts))
    if as_json:
        say_json(_row(made))
        return
    click.echo(f"Site {made.id} ({made.name}) is added.")
    if not made.origins:
        click.echo(f"It has no origins yet: zhike site change {made.id} --origin https://…")
    click.echo("Put this into its pages, with the address that people open Zhike under:")
    click.echo(f"  {_tag(made)}")


def _tag(made: Site) -> str:
    """The site's script tag; its looks stand in it, so that they hold from the first moment."""
    looks = {"color": made.color, "position": made.position, "title": made.title}
    said = "".join(f' data-{name}="{escape(text)}"' for name, text in looks.items() if text)
    return f'<script src="https://…/widget.js" data-site="{made.id}"{said} defer></script>'


@site.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def list_(as_json: bool) -> None:
    """List all sites, removed ones included."""
    from assistant.cli.opening import say_json, say_table

    known = _sites().all()
    if as_json:
        say_json([_row(each) for each in known])
        return
    say_table(
        ("id", "name", "origins", "hours", "webhook", "removed"),
        (
            (
                each.id,
                each.name,
                " ".join(each.origins),
                each.hours or "always",
                each.webhook_url,
                f"{each.disabled_at:%Y-%m-%d}" if each.disabled_at else "",
            )
            for each in known
        ),
    )


@site.command()
@click.argument("site_id")
@click.option("--name", help="Names the site to colleagues.")
@_parts
@click.option("--no-origins", is_flag=True, help="Take all origins away: embedded nowhere.")
def change(site_id: str, no_origins: bool, **parts: Any) -> None:  # noqa: ANN401 - as above
    """Change a site; the origins given replace all that it had.

    \b
    Example:
      zhike site change help --hours 'Mon-Sun 09:00-21:00'
    """  # noqa: D301 - \b keeps click from joining the lines
    if no_origins and parts["origins"]:
        raise click.UsageError("give either --origin or --no-origins")
    changes = _changes({**parts, "origins": () if no_origins else parts["origins"] or None})
    changed = _sites().change(site_id, changes)
    click.echo(f"Site {changed.id} ({changed.name}) is changed.")


@site.command()
@click.argument("site_id")
@click.option("--renew", is_flag=True, help="Make others; the old ones are worthless at once.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
def secret(site_id: str, renew: bool, as_json: bool) -> None:
    """Show a site's secrets: one signs its customers' identities, one our webhook's deliveries."""
    from assistant.cli.opening import say_json

    sites = _sites()
    found = sites.renew_secret(site_id) if renew else sites.get(site_id)
    if as_json:
        identity, webhook = sites.secret(found), sites.webhook_secret(found)
        say_json({"site": found.id, "identity": identity, "webhook": webhook})
        return
    click.echo(f"identity (HS256)  {sites.secret(found)}")
    click.echo(f"webhook           {sites.webhook_secret(found)}")


@site.command()
@click.argument("site_id")
def remove(site_id: str) -> None:
    """Take a site out of use at once and for good; its conversations end."""
    _sites().remove(site_id)
    click.echo(f"Site {site_id} is removed.")


def _sites() -> Sites:
    from assistant.accounts.credentials import signing_key
    from assistant.cli.opening import open_knowledge
    from assistant.selfservice.sites import Sites
    from kb.clock import utc_now

    settings, kb = open_knowledge()
    return Sites(kb.engine, utc_now, settings.site_tz, signing_key(settings.data))


def _changes(parts: dict[str, Any]) -> SiteChanges:
    from assistant.selfservice.model import Position
    from assistant.selfservice.sites import SiteChanges

    position = parts["position"]
    return SiteChanges(**{**parts, "position": Position(position) if position else None})


def _row(each: Site) -> dict[str, object]:
    from dataclasses import asdict

    return {name: value for name, value in asdict(each).items() if name != "identity_version"}
