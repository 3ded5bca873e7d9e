"""Calling a person: when one is there, which group should take over, and what it is told."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.replies.tables import Tables
from assistant.risk.model import HandoverReason
from assistant.selfservice.answering import PublicAnswers
from assistant.selfservice.handing_over import Wanted
from assistant.selfservice.hearing import group_for, hear
from assistant.selfservice.model import Visit, VisitMessage
from assistant.selfservice.phrasing import Phrases
from assistant.selfservice.scene import Scene, ToPerson
from assistant.selfservice.sites import Sites
from kb.clock import Clock


class Calling:
    """Works out what a hand-over takes.

    Args:
        sites: When somebody is there.
        answers: Knows which group keeps an article.
        tables: The groups and the words that lead to them.
        phrases: What customers are told.
        clock: The present moment.
    """

    def __init__(
        self,
        sites: Sites,
        answers: PublicAnswers,
        tables: Tables,
        phrases: Phrases,
        clock: Clock,
    ) -> None:
        self._sites = sites
        self._answers = answers
        self._tables = tables
        self._phrases = phrases
        self._clock = clock

    def until_open(self, scene: Scene, lang: str, when: str, otherwise: str) -> str:
        """A phrase that says when somebody is there, or another one where nobody knows."""
        now = self._clock()
        opens = self._sites.hours(scene.site).opens_at(now)
        if opens is None:
            return self._phrases.say(lang, otherwise)
        return self._phrases.say(lang, when, opens_at=self._phrases.when(lang, opens, now))

    def wanted(
        self,
        scene: Scene,
        person: ToPerson,
        *,
        event: str,
        after: Visit,
        drafts: tuple[VisitMessage, ...],
        context: Mapping[str, str],
        judged: VisitMessage | None = None,
    ) -> Wanted:
        """What it takes to hand over: to which group, why, and what is known.

        `event` is ``handover`` or ``ticket``; `judged` is an earlier message with its verdict.
        """
        now = self._clock()
        said = scene.heard(person.text, now)
        heard = person.heard or hear(said, self._tables.risk, now)
        group = group_for(
            said,
            heard,
            self._tables.risk,
            reason=person.reason,
            owner=person.owner,
            answered_by=self._answers.owner(scene.given_last) if scene.given_last else "",
        )
        knows_nothing = person.reason is HandoverReason.NO_KNOWLEDGE
        return Wanted(
            visit=scene.visit,
            after=after,
            site=scene.site,
            said=scene.as_judged(judged),
            drafts=drafts,
            event=event,
            reason=person.reason.value,
            skill_group=group,
            mood=heard.mood.value,
            context=context,
            open_question=person.text if knows_nothing and event == "handover" else "",
        )
