"""What the assistant does next: answers, asks back, admits that it does not know, calls a person.

Decides and writes nothing down; see `assistant.selfservice.conversation` for that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assistant.insights.masking import LABELS, mask
from assistant.replies.tables import Tables
from assistant.risk.model import HandoverReason
from assistant.selfservice import transcript
from assistant.selfservice.answering import Asked, PublicAnswers, Reply
from assistant.selfservice.hearing import Heard, hear, lead_for
from assistant.selfservice.journal import draft
from assistant.selfservice.model import Answer, MessageKind, VisitMessage, VisitSpeaker
from assistant.selfservice.phrasing import Phrases
from assistant.selfservice.scene import Scene, Step, ToPerson, asked_in
from kb.clock import Clock

MISSES = 2  # messages in a row without an answer until a person is called
_PRODUCT = ("product", "product.id", "product.name")

NoteGap = Callable[[str], None]


class Replying:
    """Decides on the next step of a conversation.

    Args:
        answers: Finds answers.
        tables: Word lists and phrases of replies and risk.
        phrases: What the assistant itself says.
        clock: The present moment.
        note_gap: Told of each question without an answer, raw.
    """

    def __init__(
        self,
        answers: PublicAnswers,
        tables: Tables,
        phrases: Phrases,
        clock: Clock,
        note_gap: NoteGap,
    ) -> None:
        self._answers = answers
        self._tables = tables
        self._phrases = phrases
        self._clock = clock
        self._note_gap = note_gap

    def to_message(
        self, scene: Scene, text: str, external_id: str, context: Mapping[str, str]
    ) -> Step:
        """The step after a message of the customer, which is its first draft."""
        now, lang = self._clock(), scene.lang(text)
        kept = {name: mask(value) for name, value in context.items()}
        payload: dict[str, object] = {"context": kept} if kept else {}
        theirs = draft(VisitSpeaker.CUSTOMER, MessageKind.SAID, text, now, payload, external_id)
        step = Step(scene.visit, (theirs,), context=kept)
        heard = hear(scene.heard(text, now), self._tables.risk, now)
        if heard.at_once:
            assert heard.handover.reason is not None
            return replace(step, person=ToPerson(heard.handover.reason, text, heard))
        talk = self._phrases.small_talk(text)
        if talk:
            return self._with(step, MessageKind.SAID, self._phrases.say(lang, talk))
        asked = self._asked(scene, text, context)
        reply = self._answers.reply(asked)
        if scene.just_said(reply.answers):
            # 还是不行: the same words again would be no help.
            given = frozenset(answer.entry_id for answer in reply.answers)
            reply = self._answers.reply(replace(asked, rejected=asked.rejected | given))
        for question in reply.unanswered:
            self._note_gap(question)
        if reply.answers:
            return self._answered(scene, step, reply, asked, heard)
        # Who has just been failed is asked nothing more: a second miss calls a person.
        if reply.clarify is not None and not scene.visit.misses and not scene.just_asked_back():
            options = [{"text": o.text, "id": o.entry_id} for o in reply.clarify.options]
            carried: dict[str, object] = {"options": options, "asked": [mask(text)]}
            return self._with(step, MessageKind.CLARIFY, reply.clarify.question, carried)
        return self._missed(step, scene.misses(text), heard, lang, text, owner=reply.owner)

    def to_verdict(self, scene: Scene, judged: VisitMessage) -> Step:
        """The step after an answer that did not help: the next best one, or that there is none."""
        step = Step(replace(scene.visit, rejected=scene.rejected_with(judged)), judged=judged)
        texts = asked_in(judged)
        earlier = tuple(t for t in scene.customers(judged.number) if t not in texts)
        found: list[Answer] = []
        for text in texts:
            asked = self._asked(scene, text, scene.page())
            again = replace(
                asked, earlier=earlier, rejected=frozenset(step.after.rejected), chosen=""
            )
            found += self._answers.reply(again).answers
        whole = " ".join(texts)
        lang = scene.lang(whole)
        if found:
            message = self._answer_message(found, self._phrases.say(lang, "next_best"), {}, texts)
            return replace(step, drafts=(message,), answers=tuple(found))
        now = self._clock()
        heard = hear(scene.heard(texts[-1] if texts else "", now), self._tables.risk, now)
        return self._missed(step, scene.visit.misses, heard, lang, whole, "nothing_else")

    def ours(
        self, kind: MessageKind, text: str, payload: dict[str, object] | None = None
    ) -> VisitMessage:
        """A message of the assistant."""
        return draft(VisitSpeaker.ASSISTANT, kind, text, self._clock(), payload)

    def _answered(self, scene: Scene, step: Step, reply: Reply, asked: Asked, heard: Heard) -> Step:
        lang = scene.lang(asked.text)
        parts = [lead_for(heard.mood, asked.text, self._tables.phrases)]
        parts += [
            self._phrases.say(lang, "in_part", question=mask(question))
            for question in reply.unanswered
        ]
        lead = (" " if lang == "en" else "").join(filter(None, parts))
        about = [answer.question for answer in reply.answers]
        if asked.chosen and asked.earlier:
            about = [asked.earlier[-1]]
        message = self._answer_message(reply.answers, lead, asked.slots, about)
        after = replace(step.after, misses=scene.misses(asked.text))
        return replace(
            step, after=after, drafts=(*step.drafts, message), answers=tuple(reply.answers)
        )

    def _missed(
        self,
        step: Step,
        misses: int,
        heard: Heard,
        lang: str,
        text: str,
        phrase: str = "abstain",
        owner: str = "",
    ) -> Step:
        """Nothing reliable: say so once, and the next time call a person."""
        step = replace(step, after=replace(step.after, misses=misses + 1))
        if heard.handover.reason is HandoverReason.SEVERAL_DEPARTMENTS:
            reason = HandoverReason.SEVERAL_DEPARTMENTS
            return replace(step, person=ToPerson(reason, text, heard, owner))
        if misses + 1 >= MISSES:
            return replace(step, person=ToPerson(HandoverReason.NO_KNOWLEDGE, text, heard, owner))
        carried: dict[str, object] = {
            "offer": HandoverReason.NO_KNOWLEDGE.value,
            "asked": [mask(text)],
        }
        return self._with(step, MessageKind.ABSTAIN, self._phrases.say(lang, phrase), carried)

    def _with(
        self, step: Step, kind: MessageKind, text: str, payload: dict[str, object] | None = None
    ) -> Step:
        return replace(step, drafts=(*step.drafts, self.ours(kind, text, payload)))

    def _asked(self, scene: Scene, text: str, context: Mapping[str, str]) -> Asked:
        known = {**scene.page(), **context}
        product = next((known[name] for name in _PRODUCT if known.get(name)), "")
        chosen = scene.chosen(text)
        earlier = scene.customers()
        if chosen and scene.our_last is not None:
            earlier = asked_in(scene.our_last)
        # A label that stands for personal data is nothing to write to a customer.
        slots = {n: v for n, v in context.items() if not any(label in v for label in LABELS)}
        return Asked(text, earlier, product, slots, frozenset(scene.visit.rejected), chosen)

    def _answer_message(
        self,
        answers: Sequence[Answer],
        lead: str,
        slots: Mapping[str, str],
        about: Sequence[str],
    ) -> VisitMessage:
        """Answers as they are kept: what was filled in of the customer's is masked there."""
        hidden = {value: mask(value) for value in slots.values() if value != mask(value)}
        stored = []
        for answer in answers:
            short = list(answer.short)
            for value, label in hidden.items():
                short = [line.replace(value, label) for line in short]
            stored.append(transcript.stored_answer(answer, short))
        carried: dict[str, object] = {"answers": stored, "asked": list(about)}
        return self.ours(MessageKind.ANSWER, lead, carried)
