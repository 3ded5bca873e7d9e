"""The simulated visits, run against the product in this process and against the FAQ bot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from assistant.selfservice.sites import SiteChanges
from assistant.wiring import build_services
from evaluation import judged
from evaluation.selfservice import visits
from evaluation.selfservice.assistants import FaqBot, SelfServiceBot, titles
from evaluation.selfservice.measuring import Measured, play
from evaluation.workspace import workspace
from kb.errors import InvalidInput, Problem

_ORIGIN = "https://shop.example"


def measure(
    content: Path, split: str, say: Callable[[str], None], file: Path | None = None
) -> Measured:
    """Play every script of a split on a throw-away copy of the product over `content`.

    It is noon on the day the content is written for, and somebody is there to take over.

    Args:
        content: Folder of Markdown entries.
        split: `dev` or `test`.
        say: Told how far the work is.
        file: The scripts; default: those that come with Zhike.

    Raises:
        InvalidInput: The content or a script is wrong, or a script aims at an entry that is not
            public on that day.
    """
    scripts = visits.load(file or visits.DEFAULT_FILE, split)
    say(f"Importing {content} …")
    with workspace(content) as copy:
        now = datetime.fromisoformat(judged.TODAY).replace(tzinfo=copy.settings.site_tz)
        services = build_services(copy.settings, lambda: now)
        try:
            service = services.selfservice
            articles = service.knowledge.articles()
            unknown = visits.unknown_entries(scripts, {article.entry_id for article in articles})
            if unknown:
                source = str(file or visits.DEFAULT_FILE)
                raise InvalidInput(
                    [
                        Problem(source, 0, "solved_by", f"no public entry: {name}")
                        for name in unknown
                    ]
                )
            site = service.sites.add(SiteChanges(name="shop", origins=(_ORIGIN,)))
            named, faq_bot = titles(articles), FaqBot(articles)
            learnt = judged.answering(judged.load(split="dev"))
            say(f"Playing {len(scripts)} visits …")
            return Measured(
                split,
                play(scripts, lambda s: SelfServiceBot(service, site, s.lang, s.context), named),
                play(scripts, lambda _script: faq_bot, named),
                learnt,
            )
        finally:
            services.insights.gaps(1)  # waits for the notes of questions without an answer
            services.kb.engine.dispose()
