"""Where digests go: read once from the environment and `.env`, like all other settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from kb.errors import InvalidInput, Problem
from kb.settings import read_dotenv

EVERYBODY = "*"
_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mail. `tls` from the first byte on, else STARTTLS where it is offered."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Who is sent digests and how; empty fields mean: not that way.

    `webhook` gets one signed request for each owner; it may lead to a private address only with
    `webhook_private`. `recipients` are mail addresses by owner; that of `*` gets what has none.
    `address` is the site's own, for links.
    """

    webhook: str = ""
    webhook_secret: str = field(default="", repr=False)
    webhook_private: bool = False
    mail: MailServer | None = None
    sender: str = ""
    recipients: Mapping[str, str] = field(default_factory=dict)
    address: str = ""

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> Delivery:
        """The settings from `environ` (default: the process's), completed by `folder`/.env.

        Raises InvalidInput naming every bad value.
        """
        values = dict(read_dotenv((folder or Path.cwd()) / ".env"))
        values.update(os.environ if environ is None else environ)
        problems: list[Problem] = []
        delivery = cls(
            webhook=_url(values, "ZHIKE_WEBHOOK_URL", problems),
            webhook_secret=values.get("ZHIKE_WEBHOOK_SECRET", ""),
            webhook_private=values.get("ZHIKE_WEBHOOK_PRIVATE", "") == "1",
            mail=_server(values, problems),
            sender=values.get("ZHIKE_MAIL_FROM", ""),
            recipients=_recipients(values, problems),
            address=_url(values, "ZHIKE_SITE_URL", problems),
        )
        if delivery.webhook and not delivery.webhook_secret:
            problems.append(_problem("ZHIKE_WEBHOOK_SECRET", "a webhook needs one to sign with"))
        if delivery.mail and not (delivery.sender and delivery.recipients):
            problems.append(
                _problem("ZHIKE_SMTP_URL", "needs ZHIKE_MAIL_FROM and ZHIKE_DIGEST_TO too")
            )
        if problems:
            raise InvalidInput(problems)
        return delivery

    def recipient(self, owner: str) -> str:
        """The mail address of an owner; empty when there is none."""
        return self.recipients.get(owner) or self.recipients.get(EVERYBODY, "")


def _problem(name: str, message: str) -> Problem:
    return Problem("environment", 0, name, message)


def _url(values: Mapping[str, str], name: str, problems: list[Problem]) -> str:
    given = values.get(name, "")
    if not given:
        return ""
    parts = _split(given)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        problems.append(_problem(name, f"{given!r} is no http or https address"))
        return ""
    return given


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _server(values: Mapping[str, str], problems: list[Problem]) -> MailServer | None:
    given = values.get("ZHIKE_SMTP_URL", "")
    if not given:
        return None
    parts = _split(given)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        message = "must read smtp://user:password@host:port or smtps://…"
        problems.append(_problem("ZHIKE_SMTP_URL", message))
        return None
    return MailServer(
        parts.hostname,
        parts.port or _PORTS[parts.scheme],
        parts.scheme == "smtps",
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def _recipients(values: Mapping[str, str], problems: list[Problem]) -> dict[str, str]:
    """`退换货组=a@example.com, *=b@example.com`."""
    found: dict[str, str] = {}
    for given in filter(None, map(str.strip, values.get("ZHIKE_DIGEST_TO", "").split(","))):
        owner, sign, address = (part.strip() for part in given.rpartition("="))
        if not sign or not owner or "@" not in address or any(c.isspace() for c in address):
            problems.append(_problem("ZHIKE_DIGEST_TO", f"{given!r} is not owner=address"))
        else:
            found[owner] = address
    return found
