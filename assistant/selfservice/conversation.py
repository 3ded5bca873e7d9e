"""A visit's conversation: what is said in it is answered, written down, and passed to a person.

Answers come short, one for each question; an article that did not help is not given again. Asking
for a person, anger, a sensitive word, or two messages in a row without an answer lead to a person,
or to a form when nobody is there. What is stored is masked; what is searched for is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.engine import Connection, Engine

from assistant.contacts.contacts import Contacts
from assistant.contacts.model import Message, NewMessage, Speaker
from assistant.contacts.rules import external_name
from assistant.insights.insights import Feedback, FeedbackKind, Insights
from assistant.replies.tables import Tables
from assistant.risk.model import HandoverReason
from assistant.selfservice import store, transcript
from assistant.selfservice.answering import Asked, PublicAnswers
from assistant.selfservice.calling import Calling
from assistant.selfservice.handing_over import (
    FROM_CONTACT,
    HandingOver,
    customer_of,
    name_in_visit,
    waiting,
)
from assistant.selfservice.hearing import hear
from assistant.selfservice.helpful import Helpful
from assistant.selfservice.journal import (
    MAX_MESSAGES,
    MovedOn,
    SaidBefore,
    draft,
    write_down,
)
from assistant.selfservice.model import (
    Answer,
    MessageKind,
    Mode,
    Site,
    State,
    Turn,
    Visit,
    VisitMessage,
    VisitSpeaker,
)
from assistant.selfservice.phrasing import Phrases
from assistant.selfservice.public_knowledge import PublicKnowledge
from assistant.selfservice.replying import Replying
from assistant.selfservice.scene import Scene, Step, ToPerson, offered
from assistant.selfservice.sites import Sites
from assistant.selfservice.tickets import Tickets
from kb.clock import Clock
from kb.errors import Conflict, InvalidInput, NotFound, Problem
from kb.store import read, write

MAX_TEXT = 2_000
_READ = 60  # newest messages that a reply is made from
_TOLD = 100  # newest messages that a customer is told at once
_TRIES = 3
_FULL_TIMES = 2  # a visit that is too full for the assistant has room for the way to a person
_PEOPLE = frozenset({Mode.WAITING, Mode.AGENT})
_JUDGED = frozenset({MessageKind.ANSWER, MessageKind.CLOSED})
_NOTE = "customer self-service: {verdict}"


class Conversations:
    """Talks with customers. Safe to share between threads.

    Args:
        engine: The knowledge base's database.
        clock: The present moment.
        sites: Where visits happen, and when somebody is there.
        answers: Finds answers.
        knowledge: The public articles.
        contacts: Where a conversation goes on with a person.
        handing: The way there.
        tickets: What is left when nobody is there.
        insights: Told of questions without an answer and of what helped.
        helpful: Counts what helped, by article.
        tables: Word lists and phrases of replies and risk.
        phrases: What the assistant itself says.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        sites: Sites,
        answers: PublicAnswers,
        knowledge: PublicKnowledge,
        contacts: Contacts,
        handing: HandingOver,
        tickets: Tickets,
        insights: Insights,
        helpful: Helpful,
        tables: Tables,
        phrases: Phrases,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._sites = sites
        self._answers = answers
        self._knowledge = knowledge
        self._contacts = contacts
        self._handing = handing
        self._tickets = tickets
        self._insights = insights
        self._helpful = helpful
        self._tables = tables
        self._phrases = phrases
        self._calling = Calling(sites, answers, tables, phrases, clock)
        self._replying = Replying(answers, tables, phrases, clock, insights.note_gap)

    # what customers do

    def say(
        self, visit: Visit, text: str, external_id: str, context: Mapping[str, str] | None = None
    ) -> Turn:
        """Take a message of the customer, and answer it or pass it to the agent.

        Args:
            visit: Who says it.
            text: What, raw: 1 to 2,000 characters.
            external_id: The widget's name for it; under the same one it is the same message.
            context: What the page knows: ``product``, ``order.no``, ``page`` and more.

        Raises:
            InvalidInput: there is nothing in the text, or too much; or the visit is full, and no
                person has it or is asked for.
            NotFound: the visit has ended.
        """
        if not text.strip() or len(text) > MAX_TEXT:
            raise InvalidInput([Problem("", 0, "text", f"must have 1 to {MAX_TEXT} characters")])
        name = _name(external_id)

        def said(scene: Scene) -> Turn:
            known = self._known(scene, name)
            if known is not None:
                return self._repeated(scene, known)
            if scene.visit.mode in _PEOPLE:
                return self._pass_on(scene, text, name)
            step = self._replying.to_message(scene, text.strip(), name, context or {})
            if step.person is None and _full(scene.said, MAX_MESSAGES):
                raise _no_room()
            return self._take(scene, step)

        return self._with_scene(visit, said)

    def feedback(self, visit: Visit, number: int, *, solved: bool) -> Turn:
        """Whether a message of ours solved the problem; where not, the next best answer is given.

        Only the first word on a message counts; a later one changes nothing. NotFound for a
        message that cannot be judged.
        """

        def judged(scene: Scene) -> Turn:
            message = self._to_judge(scene, number)
            if "verdict" in message.payload:
                return Turn((), self._state(scene.visit, scene.site, scene.said), repeated=True)
            verdict = "solved" if solved else "not_solved"
            marked = replace(message, payload={**message.payload, "verdict": verdict})
            turn = self._take(scene, self._after_verdict(scene, marked, solved=solved))
            self._tell(scene, marked, solved=solved)
            return turn

        return self._with_scene(visit, judged)

    def ask_for_person(self, visit: Visit) -> Turn:
        """Hand over because the customer wants it; nothing happens twice."""

        def wanted(scene: Scene) -> Turn:
            if scene.visit.mode in _PEOPLE:
                return Turn((), self._state(scene.visit, scene.site, scene.said), repeated=True)
            person = ToPerson(HandoverReason.ASKED_FOR_PERSON)
            return self._take(scene, Step(scene.visit, person=person))

        return self._with_scene(visit, wanted)

    def leave_ticket(
        self, visit: Visit, name: str, reach: str, text: str, external_id: str | None = None
    ) -> Turn:
        """Leave a message for when somebody is there, with a name and how to reach them.

        `external_id` is the widget's name for it, as in `say`.

        Raises:
            Conflict: a person has the conversation already.
        """
        called = None if external_id is None else _name(external_id)

        def left(scene: Scene) -> Turn:
            known = None if called is None else self._known(scene, called)
            if known is not None:
                return self._repeated(scene, known)
            if scene.visit.mode in _PEOPLE:
                raise Conflict("somebody has this conversation already", 0)
            return self._ticket(scene, name, reach, text, called)

        return self._with_scene(visit, left)

    def leave(self, visit: Visit) -> None:
        """The customer goes for good: whoever has the conversation, or would take it, is told."""
        with read(self._engine) as connection:
            current = store.find_visit(connection, visit.id)
        if current is None or current.mode not in _PEOPLE or current.contact_id is None:
            return
        words = str(self._phrases.note["left"])
        note = NewMessage(Speaker.SYSTEM, words, external_id=f"left:{visit.id}")
        self._contacts.add_message(current.contact_id, visit.principal, note)

    def suggestions(self, text: str) -> tuple[str, ...]:
        """Up to five questions that public articles answer, close to what is being typed."""
        return self._answers.suggestions(text)

    # what they see

    def history(self, visit: Visit, after: int = 0) -> Turn:
        """The messages after a number, at most the hundred newest, and how the visit stands."""
        with read(self._engine) as connection:
            current = store.find_visit(connection, visit.id) or visit
            site = self._site(store.find_site(connection, current.site_id), current)
            messages = store.said_in(connection, visit.id, after, newest=_TOLD)
            last = messages or store.said_in(connection, visit.id, newest=1)
        return Turn(tuple(messages), self._state(current, site, last))

    def behind(self, visit: Visit, after: int | None) -> Turn:
        """What a stream that (again) begins has to be told first: all after a message.

        Without one, all since the hand-over. At most the hundred newest.
        """
        turn = self.history(visit, after or 0)
        if after is not None:
            return turn
        places = [n for n, m in enumerate(turn.messages) if m.kind is MessageKind.HANDOVER]
        if not places and len(turn.messages) == _TOLD:  # it lies further back
            return turn
        return replace(turn, messages=turn.messages[places[-1] :] if places else ())

    def live(self, visit_id: str, said: Message | None) -> Turn | None:
        """What the visit hears when its contact changes: a message of it, and how it stands now.

        None for a visit that is over.
        """
        with read(self._engine) as connection:
            visit = store.find_visit(connection, visit_id)
            if visit is None or visit.ended_at is not None:
                return None
            site = self._site(store.find_site(connection, visit.site_id), visit)
            name = name_in_visit(said) if said is not None else None
            found = store.find_said(connection, visit_id, name) if name else None
            newest = store.said_in(connection, visit_id, newest=1)
        if found is None and newest and newest[0].kind is MessageKind.CLOSED:
            found = newest[0]
        return Turn((found,) if found else (), self._state(visit, site, ()))

    def warm_up(self) -> None:
        """Load what is loaded with the first question, while nobody waits."""
        self._answers.reply(Asked("退货"))

    # steps

    def _with_scene(self, visit: Visit, then: Callable[[Scene], Turn]) -> Turn:
        """Do something with the visit as it stands; again when it has gone on meanwhile."""
        for _ in range(_TRIES):
            try:
                return then(self._scene(visit))
            except (SaidBefore, MovedOn):
                continue
        raise Conflict("the conversation has gone on meanwhile", 0)

    def _take(self, scene: Scene, step: Step) -> Turn:
        """Write a step down, in one transaction; or hand over."""
        if step.person is not None:
            return self._to_person(scene, step, step.person)
        after, mode = step.after, step.after.mode
        talking = any(m.role is not VisitSpeaker.SYSTEM for m in step.drafts)
        if talking and mode in (Mode.CLOSED, Mode.TICKET) and mode is scene.visit.mode:
            after = replace(after, mode=Mode.BOT)  # they go on with the assistant
        return self._write(scene, step, replace(after, last_at=self._clock()))

    def _write(self, scene: Scene, step: Step, after: Visit) -> Turn:
        with write(self._engine) as connection:
            self._mark(connection, scene, step)
            written = write_down(connection, scene.visit, after, step.drafts)
        return self._turn(after, scene.site, written, step.answers)

    def _mark(self, connection: Connection, scene: Scene, step: Step) -> None:
        """Write the verdict on an earlier message down; MovedOn when somebody was quicker."""
        if step.judged is None:
            return
        known = store.said_at(connection, scene.visit.id, step.judged.number)
        if known is None or "verdict" in known.payload:
            raise MovedOn
        store.save_payload(connection, scene.visit.id, step.judged)

    def _to_person(self, scene: Scene, step: Step, person: ToPerson) -> Turn:
        """Hand over, or show the form when nobody is there."""
        scene = self._further_back(scene)
        now, lang, reason = self._clock(), scene.lang(person.text), person.reason
        if not self._sites.hours(scene.site).is_open(now):
            words = self._calling.until_open(scene, lang, "out_of_hours", "nobody")
            offer = self._replying.ours(MessageKind.OFFER, words, {"offer": reason.value})
            after = replace(step.after, mode=Mode.TICKET, misses=0, last_at=now)
            return self._write(scene, replace(step, drafts=(*step.drafts, offer)), after)
        notice = self._replying.ours(
            MessageKind.HANDOVER,
            self._phrases.say(lang, "handover", reason.value),
            {"reason": reason.value},
        )
        wanted = self._calling.wanted(
            scene,
            person,
            event="handover",
            after=waiting(step.after, now),
            drafts=(*step.drafts, notice),
            context={**scene.page(), **step.context},
            judged=step.judged,
        )

        def mark(connection: Connection, _contact_id: str) -> None:
            self._mark(connection, scene, step)

        return self._turn(wanted.after, scene.site, self._handing.begin(wanted, mark))

    def _ticket(
        self, scene: Scene, name: str, reach: str, text: str, external_id: str | None
    ) -> Turn:
        scene = self._further_back(scene)
        now, lang = self._clock(), scene.lang(text)
        thanks = self._calling.until_open(scene, lang, "ticket", "ticket_open")
        heard = hear(scene.heard(text, now), self._tables.risk, now)
        reason = offered(scene.said) or heard.handover.reason
        wanted = self._calling.wanted(
            scene,
            ToPerson(reason or HandoverReason.ASKED_FOR_PERSON, text, heard),
            event="ticket",
            after=replace(scene.visit, mode=Mode.BOT, misses=0, last_at=now),
            drafts=(
                draft(VisitSpeaker.CUSTOMER, MessageKind.SAID, text, now, external_id=external_id),
                self._replying.ours(MessageKind.TICKET, thanks),
            ),
            context=scene.page(),
        )
        wanted = replace(wanted, customer={"name": name, **customer_of(scene.visit)})
        adding = self._tickets.adding(scene.visit.id, name, reach, text)
        return self._turn(wanted.after, scene.site, self._handing.begin(wanted, adding))

    def _pass_on(self, scene: Scene, text: str, external_id: str) -> Turn:
        """To the agent who has it, or will have it."""
        assert scene.visit.contact_id is not None
        new = NewMessage(Speaker.CUSTOMER, text, external_id)
        self._contacts.add_message(scene.visit.contact_id, scene.visit.principal, new)
        after = self._scene(scene.visit)
        known = [m for m in after.said if m.external_id == external_id]
        return Turn(tuple(known), self._state(after.visit, after.site, after.said))

    # verdicts

    def _to_judge(self, scene: Scene, number: int) -> VisitMessage:
        """The message of that number, if it is one of ours that can be judged."""
        with read(self._engine) as connection:
            found = store.said_at(connection, scene.visit.id, number)
        if found is None or found.kind not in _JUDGED:
            raise NotFound(f"message {number}")
        return found

    def _after_verdict(self, scene: Scene, judged: VisitMessage, *, solved: bool) -> Step:
        if scene.visit.mode in _PEOPLE:
            return Step(scene.visit, judged=judged)
        if solved:
            words = self._phrases.say(scene.lang(), "solved")
            ours = self._replying.ours(MessageKind.SAID, words)
            return Step(replace(scene.visit, misses=0), (ours,), judged=judged)
        if judged.kind is MessageKind.CLOSED:
            person = ToPerson(HandoverReason.NO_KNOWLEDGE)
            return Step(scene.visit, judged=judged, person=person)
        return self._replying.to_verdict(scene, judged)

    def _tell(self, scene: Scene, judged: VisitMessage, *, solved: bool) -> None:
        """Count what helped, and what did not, for those who keep the articles."""
        kind = FeedbackKind.ADOPTED if solved else FeedbackKind.UNHELPFUL
        note = _NOTE.format(verdict="solved" if solved else "not solved")
        for answer in transcript.answers_in(judged):
            feedback = Feedback(
                kind, answer["id"], answer["revision"], query=answer["question"], note=note
            )
            self._insights.record_later(feedback, scene.visit.principal.name)
            revision = self._knowledge.article(answer["id"])
            if revision is not None and revision.number == answer["revision"]:
                self._helpful.count(revision, yes=solved)

    # parts

    def _scene(self, visit: Visit) -> Scene:
        """How the visit stands."""
        with read(self._engine) as connection:
            current = store.find_visit(connection, visit.id)
            if current is None or current.ended_at is not None:
                raise NotFound("this visit has ended")
            site = self._site(store.find_site(connection, current.site_id), current)
            said = store.said_in(connection, visit.id, newest=_READ)
        if _full(said, _FULL_TIMES * MAX_MESSAGES):
            raise _no_room()
        return Scene(current, site, tuple(said))

    def _further_back(self, scene: Scene) -> Scene:
        """The visit with as much of what was said as a person is told."""
        if len(scene.said) < _READ:
            return scene
        with read(self._engine) as connection:
            said = store.said_in(connection, scene.visit.id, newest=transcript.MOST)
        return replace(scene, said=tuple(said))

    def _known(self, scene: Scene, external_id: str) -> VisitMessage | None:
        """The message that the widget calls by that name, if it came before."""
        lately = (m for m in scene.said if m.external_id == external_id)
        found = next(lately, None)
        if found is not None or len(scene.said) < _READ:
            return found
        with read(self._engine) as connection:
            return store.find_said(connection, scene.visit.id, external_id)

    def _site(self, found: Site | None, visit: Visit) -> Site:
        return found if found is not None else self._sites.get(visit.site_id)

    def _repeated(self, scene: Scene, known: VisitMessage) -> Turn:
        """What was answered to a message when it first came."""
        with read(self._engine) as connection:
            behind = store.said_in(connection, scene.visit.id, known.number)
        answered: list[VisitMessage] = []
        for message in behind:
            if message.role is VisitSpeaker.CUSTOMER:
                break
            answered.append(message)
        state = self._state(scene.visit, scene.site, scene.said)
        return Turn((known, *answered), state, repeated=True)

    def _turn(
        self,
        visit: Visit,
        site: Site,
        written: Sequence[VisitMessage],
        answers: Sequence[Answer] = (),
    ) -> Turn:
        return Turn(tuple(written), self._state(visit, site, written), tuple(answers))

    def _state(self, visit: Visit, site: Site, said: Sequence[VisitMessage]) -> State:
        now, hours = self._clock(), self._sites.hours(site)
        return State(
            mode=visit.mode,
            offer=offered(said) if visit.mode in (Mode.BOT, Mode.TICKET) else None,
            open=hours.is_open(now),
            opens_at=hours.opens_at(now),
            with_agent=visit.mode is Mode.AGENT,
        )


def _name(external_id: str) -> str:
    """How a visit calls a message that the widget calls so."""
    name = external_name(external_id) or external_id
    if name.startswith(FROM_CONTACT):  # what agents write is called so
        raise InvalidInput([Problem("", 0, "external_id", "is a name of our own")])
    return name


def _full(said: Sequence[VisitMessage], most: int) -> bool:
    return bool(said) and said[-1].number >= most


def _no_room() -> InvalidInput:
    return InvalidInput([Problem("", 0, "text", f"{MAX_MESSAGES} messages are the most")])
