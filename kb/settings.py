"""Where things are and how the site is set up: read once from the environment and `.env`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from kb.errors import InvalidInput, Problem

DEFAULT_TZ = "Asia/Shanghai"
_LAST_PORT = 65535
_A_MINUTE = range(1, 1_000_001)  # requests
_ORIGIN = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*)"
    r"(?::(?P<port>[1-9]\d{0,4}))?"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a process needs to know before it opens anything.

    `data` holds the database, the index and generated secrets; `database_url` is an SQLAlchemy
    URL; `site_tz` is the zone in which dates without a time are meant; `encoder` empty means the
    encoder that ships with the product, `reranker` empty means none, and `reranker_weight` (0 to
    1) is its say beside the product's own ranking. Keys are sent to the endpoints that encoder and
    re-ranker name, and shown nowhere. `workers` are processes, `threads` threads in each. A closed
    contact is kept for `contact_days`. Pages of `frame_ancestors` (origins such as
    `https://crm.example.com`) may hold the console in a frame; empty: none may. `check_links`
    says which addresses this service asks, when an editor wants to know whether links still lead
    there: none (empty), `public` ones, or `all`, those of the own network too.

    Self-service: what one visit, one address and one site may ask each minute, and how many
    requests of the widget one process works on at a time (`widget_at_once`; as many threads again
    are for staff, in the rest requests of the widget wait a moment; further ones are told to come
    back).
    """

    data: Path
    database_url: str
    site_tz: ZoneInfo
    encoder: str = ""
    encoder_key: str = field(default="", repr=False)
    reranker: str = ""
    reranker_key: str = field(default="", repr=False)
    reranker_weight: float = 0.5
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 32
    contact_days: int = 180
    frame_ancestors: tuple[str, ...] = ()
    check_links: str = ""
    widget_per_visit: int = 60
    widget_per_address: int = 300
    widget_per_site: int = 1200
    widget_at_once: int = 8

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] | None = None, folder: Path | None = None
    ) -> Settings:
        """Settings from `environ` (default: the process's), completed by `folder`/.env.

        The environment wins over the file. Raises InvalidInput naming every bad value.
        """
        values = dict(read_dotenv((folder or Path.cwd()) / ".env"))
        values.update(os.environ if environ is None else environ)
        problems: list[Problem] = []
        data = Path(values.get("ZHIKE_DATA") or "var")
        settings = cls(
            data=data,
            database_url=values.get("ZHIKE_DATABASE_URL") or f"sqlite:///{data / 'zhike.db'}",
            site_tz=_zone(values, problems),
            encoder=values.get("ZHIKE_ENCODER", ""),
            encoder_key=values.get("ZHIKE_ENCODER_KEY", ""),
            reranker=values.get("ZHIKE_RERANKER", ""),
            reranker_key=values.get("ZHIKE_RERANKER_KEY", ""),
            reranker_weight=_share(values, "ZHIKE_RERANKER_WEIGHT", 0.5, problems),
            host=values.get("ZHIKE_HOST") or "127.0.0.1",
            port=_whole(values, "PORT", 8000, range(65536), problems),
            workers=_whole(values, "ZHIKE_WORKERS", 2, range(1, 257), problems),
            threads=_whole(values, "ZHIKE_THREADS", 32, range(1, 1025), problems),
            contact_days=_whole(values, "ZHIKE_CONTACT_DAYS", 180, range(1, 3651), problems),
            frame_ancestors=_origins(values, "ZHIKE_FRAME_ANCESTORS", problems),
            check_links=_one_of(values, "ZHIKE_CHECK_LINKS", ("", "public", "all"), problems),
            widget_per_visit=_whole(values, "ZHIKE_WIDGET_PER_VISIT", 60, _A_MINUTE, problems),
            widget_per_address=_whole(values, "ZHIKE_WIDGET_PER_ADDRESS", 300, _A_MINUTE, problems),
            widget_per_site=_whole(values, "ZHIKE_WIDGET_PER_SITE", 1200, _A_MINUTE, problems),
            widget_at_once=_whole(values, "ZHIKE_WIDGET_AT_ONCE", 8, range(1, 1025), problems),
        )
        if problems:
            raise InvalidInput(problems)
        return settings


def read_dotenv(path: Path) -> dict[str, str]:
    """The KEY=VALUE lines of a `.env` file; blank lines and `#` lines are skipped.

    One pair of quotes around a value is removed; nothing is expanded. No file: no values.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    values = {}
    for line in text.split("\n"):
        key, sign, value = line.strip().removeprefix("export ").partition("=")
        if sign and not key.startswith("#"):
            values[key.strip()] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value


def _zone(values: Mapping[str, str], problems: list[Problem]) -> ZoneInfo:
    name = values.get("ZHIKE_TZ") or DEFAULT_TZ
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        problems.append(Problem("environment", 0, "ZHIKE_TZ", f"no time zone is called {name!r}"))
        return ZoneInfo(DEFAULT_TZ)


def _whole(
    values: Mapping[str, str], name: str, default: int, allowed: range, problems: list[Problem]
) -> int:
    text = values.get(name) or str(default)
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) in allowed:
        return int(text)
    message = f"{text!r} is not a whole number from {allowed[0]} to {allowed[-1]}"
    problems.append(Problem("environment", 0, name, message))
    return default


def _one_of(
    values: Mapping[str, str], name: str, choices: tuple[str, ...], problems: list[Problem]
) -> str:
    given = values.get(name, "")
    if given in choices:
        return given
    wanted = " or ".join(choice for choice in choices if choice)
    problems.append(Problem("environment", 0, name, f"{given!r} is not {wanted}"))
    return choices[0]


def _origins(values: Mapping[str, str], name: str, problems: list[Problem]) -> tuple[str, ...]:
    """Origins parted by spaces or commas, written as browsers write them."""
    found: dict[str, None] = {}
    for given in values.get(name, "").replace(",", " ").split():
        origin = web_origin(given)
        if origin:
            found[origin] = None
        else:
            message = f"{given!r} is no origin: scheme, host and port alone, without wildcards"
            problems.append(Problem("environment", 0, name, message))
    return tuple(found)


def web_origin(given: str) -> str:
    """An origin as browsers write it: lower case, no port of the scheme's own; else empty."""
    match = _ORIGIN.fullmatch(given.lower())
    if match is None or (match["port"] and int(match["port"]) > _LAST_PORT):
        return ""
    usual = {"http": "80", "https": "443"}[match["scheme"]]
    port = f":{match['port']}" if match["port"] and match["port"] != usual else ""
    return f"{match['scheme']}://{match['host']}{port}"


def _share(values: Mapping[str, str], name: str, default: float, problems: list[Problem]) -> float:
    text = values.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if 0 <= value <= 1:
        return value
    problems.append(Problem("environment", 0, name, f"{text!r} is not a number from 0 to 1"))
    return default
