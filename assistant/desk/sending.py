"""Sending every owner's digest the ways that the operator set up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from assistant.desk import mail
from assistant.desk.delivery import Delivery
from assistant.desk.digest import Digest
from assistant.desk.webhook import DeliveryFailed, Webhook


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one owner's digest on one way; `error` is empty when it was taken."""

    owner: str
    way: str
    to: str
    error: str = ""


def send_all(
    digests: Iterable[Digest], delivery: Delivery, sleep: Callable[[float], None] = time.sleep
) -> list[Sent]:
    """Send each digest by webhook and by mail, as far as set up; one failure stops no other."""
    found = []
    for digest in digests:
        if delivery.webhook:
            hook = Webhook(delivery.webhook, delivery.webhook_secret, delivery.webhook_private)
            post = partial(hook.send, digest.payload, sleep)
            found.append(_tried(digest, "webhook", delivery.webhook, post))
        recipient = delivery.recipient(digest.owner)
        if delivery.mail and recipient:
            made = mail.message(digest, delivery.sender, recipient)
            found.append(_tried(digest, "mail", recipient, partial(mail.send, made, delivery.mail)))
    return found


def _tried(digest: Digest, way: str, to: str, send: Callable[[], object]) -> Sent:
    try:
        send()
    except DeliveryFailed as error:
        return Sent(digest.owner, way, to, str(error))
    return Sent(digest.owner, way, to)
