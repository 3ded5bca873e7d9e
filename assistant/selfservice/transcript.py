"""What was said and tried in a visit, for whoever takes over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from assistant.contacts.model import MAX_TEXT, NewMessage, Speaker
from assistant.selfservice.model import Answer, MessageKind, VisitMessage, VisitSpeaker

_LONGEST_FACT = 500
MOST = 100  # newest messages that go along: a contact has room for what is said after them
_ROLES = {
    VisitSpeaker.CUSTOMER: Speaker.CUSTOMER,
    VisitSpeaker.ASSISTANT: Speaker.ASSISTANT,
}


@dataclass(frozen=True, slots=True)
class Tried:
    """An article that was given as an answer; `verdict` is the customer's, empty for none."""

    entry_id: str
    revision: int
    title: str
    verdict: str


def answers_in(message: VisitMessage) -> list[dict[str, Any]]:
    """The stored answers of a message."""
    return cast(list[dict[str, Any]], message.payload.get("answers", []))


def options_in(message: VisitMessage) -> list[dict[str, str]]:
    """What a message lets choose from: texts with the ids of their articles."""
    return cast(list[dict[str, str]], message.payload.get("options", []))


def stored_answer(answer: Answer, short: Sequence[str]) -> dict[str, object]:
    """An answer as it is kept; `short` without personal data."""
    return {
        "id": answer.entry_id,
        "revision": answer.revision,
        "kind": answer.kind.value,
        "title": answer.title,
        "question": answer.question,
        "short": list(short),
        "valid_since": answer.valid_since.isoformat() if answer.valid_since else None,
        "valid_until": answer.valid_until.isoformat() if answer.valid_until else None,
    }


def spoken(message: VisitMessage) -> str:
    """A message in words, answers and options included."""
    lines = [message.text] if message.text else []
    for answer in answers_in(message):
        lines += [f"《{answer['title']}》", *answer["short"]]
    lines += [f"· {option['text']}" for option in options_in(message)]
    return "\n".join(lines)[:MAX_TEXT]


def as_contact(messages: Sequence[VisitMessage]) -> tuple[NewMessage, ...]:
    """The conversation with the assistant as messages of a contact, each with its own time."""
    said = [m for m in messages if m.role in _ROLES and m.kind is not MessageKind.HANDOVER]
    return tuple(NewMessage(_ROLES[m.role], spoken(m), m.external_id, m.at) for m in said[-MOST:])


def tried(messages: Iterable[VisitMessage]) -> list[Tried]:
    """The articles that were given, in order, each once with the last word on it."""
    found: dict[str, Tried] = {}
    for message in messages:
        verdict = str(message.payload.get("verdict", ""))
        for answer in answers_in(message):
            found[answer["id"]] = Tried(
                answer["id"], int(answer["revision"]), answer["title"], verdict
            )
    return list(found.values())


def since_handover(messages: Sequence[VisitMessage]) -> list[VisitMessage]:
    """What was said after a person had it last; everything when none had."""
    places = [
        place
        for place, m in enumerate(messages)
        if m.kind in (MessageKind.HANDOVER, MessageKind.TICKET, MessageKind.CLOSED)
    ]
    return list(messages[places[-1] + 1 :] if places else messages)


def note(
    words: Mapping[str, Any],
    *,
    reason: str,
    tried: Sequence[Tried],
    open_question: str = "",
    facts: Sequence[tuple[str, str]] = (),
    ticket: bool = False,
) -> str:
    """The note to agents: why it comes to them, what was tried, what is known. A fact each line."""
    verdicts = {"solved": words["helped"], "not_solved": words["rejected"]}
    lines = [words["ticket_title"] if ticket else words["title"]]
    if reason:
        lines.append(f"{words['reason']}：{words['reasons'].get(reason, reason)}")
    if open_question:
        lines.append(f"{words['open_question']}：{_one_line(open_question)}")
    if tried:
        lines.append(f"{words['tried']}：")
        lines += [
            f"  · {each.title}（{each.entry_id}）— {verdicts.get(each.verdict, words['unrated'])}"
            for each in tried
        ]
    else:
        lines.append(f"{words['tried']}：{words['nothing']}")
    lines += [f"{label}：{_one_line(value)}" for label, value in facts if value]
    return "\n".join(lines)


def _one_line(text: str) -> str:
    """What a customer's page or words say, as one fact: it cannot pretend to be another one."""
    return " ".join(text.split())[:_LONGEST_FACT]
