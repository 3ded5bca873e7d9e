"""Every factual sentence, over the whole demonstration content and several hundred questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.replies import Composer, Message, Part, Sentence, SuggestRequest, SuggestResponse
from indexer.build import Indexer
from indexer.encoder import SHIPPED, StaticEncoder
from indexer.search import Searcher
from kb.clock import parse_local
from kb.exchange import Action, apply_import, plan_import
from kb.knowledge import KnowledgeBase
from kb.model import Audience, Channel, Entry, Kind
from kb.quantities import quantities, same_quantities
from kb.sections import plain_text
from kb.settings import Settings
from kb.store import open_engine, upgrade
from kb.validity import spans

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SLOTS = {"customer.name": "李女士", "order.no": "20261120888"}
pytestmark = pytest.mark.slow


@dataclass
class World:
    """The imported content, a composer over it, every third judged question answered,
    and all small talk."""

    entries: dict[str, Entry]
    answered: list[tuple[dict[str, Any], datetime, SuggestResponse]]
    internal: tuple[str, ...]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("content")
    settings = Settings.from_env({"ZHIKE_DATA": str(folder)}, folder)
    engine = open_engine(settings)
    upgrade(engine)
    kb = KnowledgeBase(engine, clock=lambda: NOW, site_tz=settings.site_tz)
    done = apply_import(plan_import(ROOT / "content", kb), kb, "test")
    assert done.counts[Action.FAILED] == 0, done.problems
    encoder = StaticEncoder(SHIPPED)
    Indexer(kb, encoder, folder / "index").build()
    searcher = Searcher(folder / "index" / "staff", encoder, clock=lambda: NOW)
    composer = Composer(searcher, kb.revision, encoder=encoder, clock=lambda: NOW)
    entries = {entry.id: entry for entry in kb.snapshot()}
    answered = []
    channels = list(Channel)
    lines = (ROOT / "evaluation" / "data" / "judged.jsonl").read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        row = json.loads(line)
        if number % 3 and "chitchat" not in row["tags"]:
            continue  # hundreds are enough of these
        asked = row.get("as_of")
        moment = parse_local(asked, settings.site_tz) if asked else NOW
        request = SuggestRequest(
            (Message("customer", row["query"]),),
            slots=SLOTS if number % 2 else {},
            channel=channels[number % len(channels)],
            as_of=moment if asked else None,
            audiences=frozenset(Audience),
        )
        answered.append((row, moment, composer.suggest(request)))
    internal = tuple(
        sentence
        for entry in entries.values()
        for revision in entry.published
        if revision.content.audience is Audience.INTERNAL
        for sentence in plain_text(revision.content.body).splitlines()
        if len(sentence) > 8
    )
    yield World(entries, answered, internal)
    engine.dispose()


def factual(world: World) -> Iterator[tuple[str, datetime, Sentence]]:
    for row, moment, response in world.answered:
        for suggestion in response.suggestions:
            for sentence in suggestion.sentences:
                if sentence.part is not Part.EMPATHY or sentence.evidence:
                    yield row["query"], moment, sentence


def test_there_are_enough_questions_and_answers(world: World) -> None:
    assert len(world.answered) >= 300
    assert sum(bool(r.suggestions) for _, _, r in world.answered) >= 200
    assert sum(1 for _ in factual(world)) >= 600


def test_every_sentence_has_evidence_quoted_from_the_named_revision(world: World) -> None:
    for query, _, sentence in factual(world):
        assert sentence.evidence, (query, sentence)
        for evidence in sentence.evidence:
            revision = world.entries[evidence.entry_id].revision(evidence.revision)
            assert revision is not None, (query, sentence)
            assert evidence.quote in plain_text(revision.content.body), (query, sentence)


def test_every_quantity_stands_in_the_quotes(world: World) -> None:
    for query, _, sentence in factual(world):
        text = sentence.text
        for value in SLOTS.values():
            text = text.replace(value, "")
        quoted = "\n".join(evidence.quote for evidence in sentence.evidence)
        assert same_quantities(text, quoted), (query, text, quoted)


def test_every_cited_revision_is_the_one_in_force(world: World) -> None:
    held = {}
    for span in spans(world.entries.values()):
        held.setdefault((span.entry_id, span.revision), []).append(span)
    for query, moment, sentence in factual(world):
        for evidence in sentence.evidence:
            of = held.get((evidence.entry_id, evidence.revision), [])
            assert any(span.holds(moment) for span in of), (query, moment, evidence)


def test_only_what_may_be_sent_is_sent(world: World) -> None:
    for query, _, sentence in factual(world):
        for evidence in sentence.evidence:
            revision = world.entries[evidence.entry_id].revision(evidence.revision)
            assert revision is not None
            content = revision.content
            if content.kind is Kind.REPLY:
                assert content.audience is not Audience.INTERNAL, query
            else:
                assert content.kind is not Kind.CASE, query
                assert content.audience is Audience.CUSTOMER, (query, sentence)


def test_no_line_of_an_internal_article_is_in_any_text(world: World) -> None:
    assert world.internal
    for row, _, response in world.answered:
        for suggestion in response.suggestions:
            assert not any(line in suggestion.text for line in world.internal), row["query"]


def test_empathy_of_ours_states_no_quantity(world: World) -> None:
    for row, _, response in world.answered:
        for suggestion in response.suggestions:
            for sentence in suggestion.sentences:
                if not sentence.evidence:
                    assert not quantities(sentence.text), (row["query"], sentence)


def test_the_text_says_what_the_sentences_say(world: World) -> None:
    for row, _, response in world.answered:
        for suggestion in response.suggestions:
            place = 0
            for sentence in suggestion.sentences:
                found = suggestion.text.find(sentence.text, place)
                assert found >= 0, (row["query"], sentence)
                place = found + len(sentence.text)


def test_small_talk_is_hardly_ever_answered(world: World) -> None:
    talk = [(row, response) for row, _, response in world.answered if "chitchat" in row["tags"]]
    answered = [row["query"] for row, response in talk if response.suggestions]
    assert len(talk) >= 40
    assert len(answered) <= 2, answered
