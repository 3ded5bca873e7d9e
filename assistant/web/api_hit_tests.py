"""API: hit testing, one question at a time or many, with kept runs."""

from __future__ import annotations

from time import perf_counter

from flask import Response, url_for

from assistant.accounts.policy import Action
from assistant.impact.hit_tests import MOST_IN_RUN
from assistant.impact.model import Question
from assistant.impact.question_files import read_questions
from assistant.impact.runs import HitRow, HitRun
from assistant.web import context, hit_test_views, impact_views
from assistant.web.api_impact import turn
from assistant.web.api_questions import CSV, csv_file
from assistant.web.impact_requests import HitRunIn, HitTestIn, RunNameQuery
from assistant.web.impact_responses import (
    ComparisonOut,
    HitRunOut,
    HitRunRowsOut,
    HitRunsOut,
    HitTestOut,
)
from assistant.web.moments import parse_moment
from assistant.web.problems import invalid
from assistant.web.requests import NoQuery, PageQuery
from assistant.web.routing import JSON, Reply, Routes
from indexer.results import MAX_QUERY
from kb.errors import InvalidInput, Problem
from kb.formats.delimited import csv_bytes
from kb.reports import expect_storable

_LONGEST_NAME = 200
routes = Routes()


@routes.post("/hit-tests", Action.ANSWERS_TEST, body=HitTestIn, returns=HitTestOut)
def test_hit(body: HitTestIn) -> HitTestOut:
    """Show what a question finds, with scores, and what was filtered out and why."""
    started = perf_counter()
    question = Question(body.query, parse_moment(body.as_of, "as_of"), body.audience, body.channel)
    kinds = frozenset(body.kinds) if body.kinds else None
    with turn():
        found = context.services().impact.hit_tests.test(question, kinds, body.limit)
    return hit_test_views.hit_test(found, (perf_counter() - started) * 1000)


@routes.post(
    "/hit-runs",
    Action.ANSWERS_TEST,
    body=HitRunIn,
    query=RunNameQuery,
    returns=HitRunOut,
    status=201,
    accepts=(JSON, CSV),
)
def start_hit_run(body: HitRunIn, query: RunNameQuery) -> Reply:
    """Ask many questions and keep what they find: listed ones, the saved ones, or a CSV file."""
    services = context.services()
    questions = _questions(body)
    name = (body.name or query.name).strip() or context.moment_json(services.clock()) or ""
    expect_storable(_LONGEST_NAME, name=name)
    for question in questions:
        expect_storable(MAX_QUERY, question=question.text)
    services.searcher.reload_if_changed()
    with turn():
        run = services.impact.hit_tests.run(
            name, questions, services.searcher.generation, context.principal().name
        )
    location = url_for("api.read_hit_run", run_id=run.id)
    return Reply(impact_views.run(run), 201, {"Location": location})


@routes.get("/hit-runs", Action.ANSWERS_TEST, query=PageQuery, returns=HitRunsOut)
def list_hit_runs(query: PageQuery) -> HitRunsOut:
    """List kept runs, the newest first."""
    runs, total = context.services().impact.hit_tests.runs(query.limit, query.offset)
    return {"runs": [impact_views.run(run) for run in runs], "total": total}


@routes.get("/hit-runs/<run_id>", Action.ANSWERS_TEST, query=NoQuery, returns=HitRunRowsOut)
def read_hit_run(run_id: str, query: NoQuery) -> HitRunRowsOut:
    """Read a kept run question by question."""
    run, rows, services = *_read(run_id), context.services()
    catalogue = services.catalogue.current()
    return {
        "run": impact_views.run(run),
        "rows": [impact_views.row(catalogue, row) for row in rows],
    }


@routes.get("/hit-runs/<run_id>.csv", Action.ANSWERS_TEST, query=NoQuery, returns=CSV)
def hit_run_file(run_id: str, query: NoQuery) -> Response:
    """Download a kept run as CSV."""
    _run, rows = _read(run_id)
    lines = hit_test_views.lines(rows, context.services().catalogue.current(), context.lang())
    return csv_file(b"".join(csv_bytes(lines)), f"hit-run-{run_id}.csv")


@routes.get(
    "/hit-runs/<run_id>/compare/<other>",
    Action.ANSWERS_TEST,
    query=NoQuery,
    returns=ComparisonOut,
)
def compare_hit_runs(run_id: str, other: str, query: NoQuery) -> ComparisonOut:
    """Compare a run with a later one: better, worse, other answers, figures."""
    services = context.services()
    before, after, found = services.impact.hit_tests.compare(run_id, other)
    return impact_views.comparison(services.catalogue.current(), before, after, found)


def _read(run_id: str) -> tuple[HitRun, list[HitRow]]:
    return context.services().impact.hit_tests.read(run_id)


def _questions(body: HitRunIn) -> list[Question]:
    services = context.services()
    found = [
        Question(
            one.text,
            parse_moment(one.as_of, "questions.as_of"),
            one.audience,
            one.channel,
            tuple(one.expects),
        )
        for one in body.questions
    ]
    if body.saved:
        found += [saved.question for saved in services.impact.questions.all()]
    for file in body.files:
        rows, problems = read_questions(file.name, file.text, services.settings.site_tz)
        if problems:
            raise invalid(problems)
        found += [row.question for row in rows]
    if not found:
        raise InvalidInput([Problem("request", 0, "questions", "must not be empty")])
    if len(found) > MOST_IN_RUN:
        message = f"must not be more than {MOST_IN_RUN}"
        raise InvalidInput([Problem("request", 0, "questions", message)])
    return found
