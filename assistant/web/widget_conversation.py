"""The widget's conversation: messages, suggestions, verdicts, a person, a message for the team."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal, cast

from flask import Flask, current_app
from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from assistant.accounts.policy import Action
from assistant.selfservice.conversation import MAX_TEXT, Conversations
from assistant.selfservice.model import Turn
from assistant.selfservice.public_knowledge import PublicKnowledge
from assistant.web import context, visits
from assistant.web.contact_requests import Name, NothingIn
from assistant.web.requests import LARGEST, NoQuery, Strict
from assistant.web.routing import Reply, Routes
from assistant.web.structured_html import Block, blocks_of
from assistant.web.widget_answers import DetailOf, Teller, TurnOut
from assistant.wiring import Services
from kb.images import ImageStore
from kb.model import Revision
from kb.render import render_html

routes = Routes()
EXTENSION = "zhike.widget_teller"
PICTURES = "/help/images/"
_MOST_KEPT = 512  # articles that stay rendered

Said = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_TEXT, pattern=r"\S", strip_whitespace=True)
]
ContextName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\w.-]+$")]
ContextValue = Annotated[str, StringConstraints(max_length=300)]


class MessageIn(Strict):
    """What the customer says; `context` is what the page knows of it (product, order.no, page)."""

    text: Said
    external_id: Name
    context: Annotated[dict[ContextName, ContextValue], Field(default_factory=dict, max_length=20)]


class TypedIn(Strict):
    """What is being typed."""

    text: Annotated[str, StringConstraints(max_length=MAX_TEXT)]


class VerdictIn(Strict):
    """Whether the message of that number solved the problem."""

    number: Annotated[int, Field(ge=1, le=LARGEST)]
    verdict: Literal["solved", "not_solved"]


class TicketIn(Strict):
    """A message for the team, and how to reach whoever left it.

    Under the same `external_id` it is the same message; without one every call leaves another.
    """

    name: Annotated[
        str,
        StringConstraints(
            min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$", strip_whitespace=True
        ),
    ]
    reach: Annotated[
        str,
        StringConstraints(
            max_length=200,
            pattern=r"^(\+?[\d\s()-]{5,}\d|[^\s@]+@[^\s@]+\.[^\s@]+)$",
            strip_whitespace=True,
        ),
    ]
    text: Said
    external_id: Name | None = None


class AfterQuery(NoQuery):
    """Which messages to read: those after a number."""

    after: Annotated[int, Field(ge=0, le=LARGEST)] = 0


class SuggestionsOut(TypedDict):
    """Questions that have an answer, close to what was typed."""

    suggestions: list[str]


@routes.get("/conversation", Action.WIDGET_USE, query=AfterQuery, returns=TurnOut)
def read_conversation(query: AfterQuery) -> TurnOut:
    """Read what was said in the visit."""
    return _told(_conversations().history(visits.visit(), query.after))


@routes.post("/messages", Action.WIDGET_USE, body=MessageIn, returns=TurnOut, status=201)
def say_in_visit(body: MessageIn) -> Reply:
    """Say something; the same external id again answers 200 with what was answered before."""
    with context.turn(), context.services().selfservice.knowledge.held():
        turn = _conversations().say(visits.visit(), body.text, body.external_id, body.context)
        return Reply(_told(turn), 200 if turn.repeated else 201)


@routes.post("/suggestions", Action.WIDGET_USE, body=TypedIn, returns=SuggestionsOut)
def suggest_questions(body: TypedIn) -> SuggestionsOut:
    """Suggest questions while somebody types."""
    with context.turn():
        return {"suggestions": list(_conversations().suggestions(body.text))}


@routes.post("/feedback", Action.WIDGET_USE, body=VerdictIn, returns=TurnOut)
def judge_answer(body: VerdictIn) -> TurnOut:
    """Say whether an answer solved the problem."""
    visit, solved = visits.visit(), body.verdict == "solved"
    with context.turn():
        return _told(_conversations().feedback(visit, body.number, solved=solved))


@routes.post("/handover", Action.WIDGET_USE, body=NothingIn, returns=TurnOut)
def ask_for_person(body: NothingIn) -> TurnOut:
    """Ask for a person."""
    return _told(_conversations().ask_for_person(visits.visit()))


@routes.post("/tickets", Action.WIDGET_USE, body=TicketIn, returns=TurnOut, status=201)
def leave_ticket(body: TicketIn) -> Reply:
    """Leave a message for when somebody is there; the same external id again answers 200."""
    turn = _conversations().leave_ticket(
        visits.visit(), body.name, body.reach, body.text, body.external_id
    )
    return Reply(_told(turn), 200 if turn.repeated else 201)


def install(app: Flask, services: Services) -> Teller:
    """Give `app` what writes messages for the widget."""
    knowledge, images = (
        services.selfservice.knowledge,
        ImageStore(services.settings.data / "images"),
    )
    teller = Teller(services.settings.site_tz, knowledge.article, _details(knowledge, images))
    app.extensions[EXTENSION] = teller
    return teller


def _details(knowledge: PublicKnowledge, images: ImageStore) -> DetailOf:
    """Renders public articles; each once as long as nothing public changes."""
    pictures = images.shown_under(PICTURES)

    def link(entry_id: str, anchor: str) -> str:
        return knowledge.link(entry_id) or ""

    @lru_cache(maxsize=_MOST_KEPT)
    def rendered(version: str, entry_id: str, number: int) -> list[str | Block]:
        revision = knowledge.revision(entry_id, number)
        return blocks_of(render_html(revision.content.body, link=link, picture=pictures))

    def detail(revision: Revision) -> list[str | Block]:
        return rendered(knowledge.version(), revision.entry_id, revision.number)

    return detail


def _conversations() -> Conversations:
    return context.services().selfservice.conversations


def _told(turn: Turn) -> TurnOut:
    return cast(Teller, current_app.extensions[EXTENSION]).turn(turn)
