"""Which passages of an entry answer a question.

An FAQ gives its first sentence, then what fits. A how-to gives its first steps in order. A scenario
table gives the rows that the question names, or all of them when it names none. Everything else
gives the best sentences. What the customer's own figure rules out is left out. What limits a
sentence (但…, 除外…) stays with it, whatever the limits.
"""

from __future__ import annotations

from assistant.replies.asking import NUMBER, kinds_of_quantity, wanted_quantities
from assistant.replies.fitting import Fit, fitted
from assistant.replies.meaning import Meaning
from assistant.replies.model import Part
from assistant.replies.passages import Passage, Shape, passages
from assistant.replies.procedures import take_next_step, take_steps, wants_steps
from assistant.replies.relevance import is_marginal, rate
from assistant.replies.scenarios import take_rows
from assistant.replies.selection import Choice, Group, Selection, stands_alone
from assistant.replies.telling import mentions, telling_terms
from assistant.replies.vocabulary import Vocabulary
from indexer.results import Hit
from kb.model import Content, Kind

MAX_FACTS = 4
_KEEP = 0.62
_KEEP_BESIDE_OTHERS = 0.82
_SPECIFIC = 0.9
_FOR_QUANTITY = 0.4
_SNIPPET = 0.12
_MATCHED_HEADING = 0.08
_FLOOR = 0.12
_APPLIES = 0.05
_TO_THE_POINT = 0.3


def choose(
    question: str,
    content: Content,
    hit: Hit,
    meaning: Meaning | None,
    vocabulary: Vocabulary,
) -> list[Choice]:
    """The passages that answer a question, best first; the first one is never to be dropped.

    At most four sentences or steps, or six rows, not counting what limits them, and one action.
    """
    fit = fitted(question, passages(content))
    pool = fit.pool
    scores = _with_hints(pool, rate(question, content, meaning, vocabulary), hit)
    scores = _with_figures(fit, scores)
    selection = Selection(question, content, pool, scores, vocabulary, fit.applying, fit.dropped)
    if not pool or selection.best < _FLOOR:
        return []
    if content.kind is Kind.FAQ:  # its first sentence is the answer
        selection.take(selection.group(pool[0].group), selection.best, Part.FACTS)
    if wants_steps(selection):
        take_steps(selection)
    if not take_rows(selection):
        _take_sentences(selection)
    take_next_step(selection)
    return selection.chosen


def _with_hints(pool: tuple[Passage, ...], scores: list[float], hit: Hit) -> list[float]:
    """Search has matched a place of the entry: passages there gain a little."""
    heading = hit.heading.replace(" › ", " ")
    return [
        score
        + (_SNIPPET if hit.snippet and passage.quotes[0] in hit.snippet else 0.0)
        + (_MATCHED_HEADING if heading and heading == passage.heading else 0.0)
        for passage, score in zip(pool, scores, strict=True)
    ]


def _with_figures(fit: Fit, scores: list[float]) -> list[float]:
    """What the customer's own figure is in comes first, if it is to the point at all.

    To the point it is as much as any branch of its quantity: the others are left out for it. What
    else is said keeps its place behind it.
    """
    if not fit.applying and not fit.dropped:
        return scores
    floor = _TO_THE_POINT * max(scores, default=0.0)
    fitted_scores = [0.0 if n in fit.dropped else score for n, score in enumerate(scores)]
    top = max(fitted_scores, default=0.0)
    for order in fit.applying:
        if max(scores[n] for n in fit.branches(order)) >= floor:
            fitted_scores[order] = top + fit.weight(order) * _APPLIES
    return fitted_scores


def _take_sentences(selection: Selection) -> None:
    for group in _core_rules(selection)[:MAX_FACTS]:
        _take(selection, group, selection.best)
    keep = (_KEEP_BESIDE_OTHERS if selection.chosen else _KEEP) * selection.best
    # An FAQ's first sentence is the answer: two more are plenty.
    limit = MAX_FACTS - 1 if selection.content.kind is Kind.FAQ else MAX_FACTS
    ranked = sorted(selection.sentences() + _specific_steps(selection), key=selection.rank)
    procedure = selection.sections(Shape.STEP)
    if procedure:
        ranked = [group for group in ranked if group[0].section in procedure]
    for group in ranked:
        enough = selection.count(Part.FACTS, Part.COMPENSATION) >= limit
        if selection.chosen and (selection.score(group) < keep or enough):
            break
        _take(selection, group, selection.score(group))
    _state_quantity(selection, ranked)
    _cover_words(selection, ranked)


def _core_rules(selection: Selection) -> list[Group]:
    """For a question that only names a policy's topic: its rules with figures, in order."""
    policy = selection.content.kind is Kind.POLICY
    if not policy or selection.telling or wanted_quantities(selection.question):
        return []
    return [
        group
        for group in selection.sentences()
        if not is_marginal(group[0].heading)
        and any(NUMBER & kinds_of_quantity(p.text) for p in group)
    ]


def _specific_steps(selection: Selection) -> list[Group]:
    """Steps that alone state the quantity asked for (按住 8 秒)."""
    wanted = wanted_quantities(selection.question)
    return [
        [p]
        for p in selection.steps()
        if selection.free(p)
        and selection.score([p]) >= _SPECIFIC * selection.best
        and wanted & kinds_of_quantity(p.text)
        and stands_alone(p)
    ]


def _state_quantity(selection: Selection, ranked: list[Group]) -> None:
    """Where a quantity is asked for and none was chosen, take the best sentence that states one."""
    wanted = wanted_quantities(selection.question)
    said = "".join(choice.text for choice in selection.chosen)
    if not wanted or wanted & kinds_of_quantity(said):
        return
    steps = [[p] for p in selection.steps() if stands_alone(p)]
    for group in sorted([*ranked, *steps], key=selection.rank):
        if selection.score(group) < _FOR_QUANTITY * selection.best:
            return
        if any(wanted & kinds_of_quantity(p.text) for p in group):
            _take(selection, group, selection.score(group))
            return


def _cover_words(selection: Selection, ranked: list[Group]) -> None:
    """Where the most telling word of the question was not spoken to, take the best that does.

    Asked for an activated phone, the general rule alone would mislead.
    """
    terms = telling_terms(selection.question, selection.content, selection.vocabulary)[:1]
    for term in terms:
        if any(mentions(choice.text, term) for choice in selection.chosen):
            continue
        speaking = [g for g in ranked if any(mentions(p.text, term) for p in g)]
        rows = [p for p in selection.pool if p.shape is Shape.ROW and mentions(p.text, term)]
        if rows and len(rows) <= MAX_FACTS:
            speaking.append(rows)
        best = min(speaking, key=selection.rank, default=None)
        if best and selection.score(best) >= _FOR_QUANTITY * selection.best:
            _take(selection, best, selection.best)


def _take(selection: Selection, group: Group, score: float) -> None:
    """A step taken for what it states is a fact, not part of a procedure."""
    selection.take(group, score, Part.FACTS if group[0].shape is Shape.STEP else None)
