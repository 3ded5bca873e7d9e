"""API: the questions that editors keep, and that every preview asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPMethod

from flask import Response, request

from assistant.accounts.policy import Action
from assistant.impact.model import KnownAlready, Question
from assistant.impact.question_files import read_questions, written
from assistant.impact.questions import Wanted
from assistant.web import context, impact_views
from assistant.web.impact_requests import (
    QuestionIn,
    QuestionsImportIn,
    QuestionsImportQuery,
    QuestionsQuery,
    VersionQuery,
)
from assistant.web.impact_responses import (
    QuestionOut,
    QuestionsImportOut,
    QuestionsOut,
    Removed,
)
from assistant.web.moments import parse_moment
from assistant.web.problems import Refusal, told
from assistant.web.requests import NoQuery
from assistant.web.routing import JSON, Routes

CSV = "text/csv"
routes = Routes()


@routes.get("/questions", Action.ANSWERS_TEST, query=QuestionsQuery, returns=QuestionsOut)
def list_questions(query: QuestionsQuery) -> QuestionsOut:
    """List saved questions, those that must be answered first."""
    services = context.services()
    found = services.impact.questions.find(query.q, query.entry)
    catalogue = services.catalogue.current()
    page = found[query.offset : query.offset + query.limit]
    return {
        "questions": [impact_views.question(catalogue, one) for one in page],
        "total": len(found),
    }


@routes.post("/questions", Action.ANSWERS_TEST, body=QuestionIn, returns=QuestionOut, status=201)
def save_question(body: QuestionIn) -> QuestionOut:
    """Keep a question, to be asked in every preview from now on."""
    services = context.services()
    with _only_once():
        saved = services.impact.questions.add(_wanted(body), context.principal().name)
    return impact_views.question(services.catalogue.current(), saved)


@routes.put("/questions/<question_id>", Action.ANSWERS_TEST, body=QuestionIn, returns=QuestionOut)
def change_question(question_id: str, body: QuestionIn) -> QuestionOut:
    """Change a saved question."""
    services, actor = context.services(), context.principal().name
    with _only_once():
        saved = services.impact.questions.change(question_id, _wanted(body), actor, body.version)
    return impact_views.question(services.catalogue.current(), saved)


@routes.add(
    HTTPMethod.DELETE,
    "/questions/<question_id>",
    Action.ANSWERS_TEST,
    query=VersionQuery,
    returns=Removed,
)
def remove_question(question_id: str, query: VersionQuery) -> Removed:
    """Forget a saved question; no import brings it back."""
    actor = context.principal().name
    context.services().impact.questions.remove(question_id, actor, query.version)
    return {"removed": True}


@routes.post(
    "/questions/import",
    Action.ANSWERS_TEST,
    body=QuestionsImportIn,
    query=QuestionsImportQuery,
    returns=QuestionsImportOut,
    accepts=(JSON, CSV),
)
def import_questions(body: QuestionsImportIn, query: QuestionsImportQuery) -> QuestionsImportOut:
    """Keep the questions of a CSV file; by default only report what would happen."""
    dry_run = query.dry_run if request.mimetype == CSV else body.dry_run
    services, file = context.services(), body.files[0]
    rows, problems = read_questions(file.name, file.text, services.settings.site_tz)
    done = services.impact.questions.bring(rows, context.principal().name, dry_run=dry_run)
    return {
        "dry_run": dry_run,
        "new": done.new,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "kept": done.kept,
        "failed": [told(problem) for problem in (*problems, *done.problems)],
    }


@routes.get("/questions/export", Action.ANSWERS_TEST, query=NoQuery, returns=CSV)
def export_questions(query: NoQuery) -> Response:
    """Download all saved questions as CSV that imports again."""
    services = context.services()
    body = written(services.impact.questions.all(), services.settings.site_tz)
    return csv_file(b"".join(body), "questions.csv")


def csv_file(body: bytes, name: str) -> Response:
    """A CSV file to download."""
    response = Response(body, content_type=CSV)
    response.headers["Content-Type"] = f"{CSV}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _wanted(body: QuestionIn) -> Wanted:
    return Wanted(
        Question(
            body.text,
            parse_moment(body.as_of, "as_of"),
            body.audience,
            body.channel,
            tuple(body.expects),
        ),
        body.must_hit,
    )


@contextmanager
def _only_once() -> Iterator[None]:
    try:
        yield
    except KnownAlready as error:
        raise Refusal(409, "question_known") from error
