"""`zhike freshness --digest`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from assistant.desk.digest import Digest
    from assistant.desk.sending import Sent


def send_digests(owner: str | None, lang: str, *, dry_run: bool, as_json: bool) -> bool:
    """Send the digest of each owner with something to do, or of one; whether all were taken."""
    from assistant.cli.opening import say_json
    from assistant.desk.delivery import Delivery
    from assistant.desk.sending import send_all
    from kb.errors import NotAllowed

    delivery = Delivery.from_env()
    digests = _digests(owner, lang, delivery.address)
    if dry_run:
        if as_json:
            say_json([dict(digest.payload) for digest in digests])
        else:
            click.echo("\n".join(digest.text for digest in digests) or "nothing to send")
        return True
    if not delivery.webhook and delivery.mail is None:
        raise NotAllowed("nothing is set up to send by: ZHIKE_WEBHOOK_URL or ZHIKE_SMTP_URL")
    sent = send_all(digests, delivery)
    if as_json:
        say_json([_as_json(one) for one in sent])
    for one in sent if not as_json else ():
        click.echo(f"{one.owner or '-'}  {one.way}  {one.to}  {one.error or 'sent'}")
    return not any(one.error for one in sent)


def _digests(owner: str | None, lang: str, address: str) -> list[Digest]:
    from assistant.catalogue import take
    from assistant.cli.opening import open_knowledge
    from assistant.desk import tasks
    from assistant.desk.digest import compose
    from assistant.insights.insights import Insights
    from kb.clock import utc_now
    from kb.images import ImageStore

    settings, kb = open_knowledge()
    picture = take(kb, utc_now, ImageStore(settings.data / "images"))
    usage = Insights(kb.engine, utc_now, settings.site_tz).usage()
    by_owner = tasks.tasks_by_owner(tasks.rows(picture, usage))
    return [
        compose(name, found, picture, settings.site_tz, lang, address)
        for name, found in by_owner.items()
        if owner in (None, name)
    ]


def _as_json(sent: Sent) -> dict[str, str]:
    return {"owner": sent.owner, "way": sent.way, "to": sent.to, "error": sent.error}
