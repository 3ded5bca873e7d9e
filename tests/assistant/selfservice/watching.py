"""The public, watched: every byte of every answer is looked at for markers."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from flask import Response, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.assistant.selfservice.canaries import World, said_in, seen_in

Route = tuple[str, str]
BY_CHANCE = ("Date", "Server-Timing")  # headers that differ between any two answers


@dataclass
class Answer:
    """What one request brought, without what differs between any two visits."""

    asked: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass
class Watched:
    """Asks a world as the public does, and looks at every byte of every answer."""

    world: World
    answers: list[Answer] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    routes: Counter[Route] = field(default_factory=Counter)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    questions: int = 0
    volatile: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client: FlaskClient = self.world.app.test_client(use_cookies=False)
        self.volatile |= {self.world.open_site: "<open>", self.world.closed_site: "<closed>"}
        self.world.app.after_request(self._note)

    def _note(self, response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else ""
        self.routes[(request.method, rule)] += 1
        return response

    def ask(self, method: str, path: str, *, said: str = "", first: int = 0, **more: Any) -> Any:
        """The answer to one request; `said` is all that whoever asks has said: it may come back to them.

        Of an event stream the `first` frames are read.
        """
        answer: Any = self.client.open(path, method=method, buffered=not first, **more)
        data = answer.data if not first else b"".join(_frames(answer, first))
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers).encode()
        allowed = said_in(f"{said}\n{unquote(path)}")
        # A part of what was said, as a highlight or a correction cuts it, tells nothing new.
        seen = seen_in(data) | seen_in(head)
        found = {each for each in seen if not any(each in known for known in allowed)}
        if found:
            self.leaks.append(f"{method} {path[:200]} {said[-200:]!r} {answer.status}: {found}")
        self.statuses[(path.partition("?")[0], answer.status_code)] += 1
        if path == "/widget/v1/sessions" and answer.status_code == 201:
            self.volatile[answer.json["visit"]] = "<visit>"
        # A picture's ETag is made from where the data lies.
        by_chance = {*BY_CHANCE, "ETag"} if path.startswith("/help/images") else {*BY_CHANCE}
        headers = [(n, v) for n, v in answer.headers if n not in by_chance]
        self.answers.append(
            Answer(
                f"{method} {self._same(path)} {said[-200:]}",
                answer.status_code,
                tuple((name, self._same(value)) for name, value in headers),
                self._same(data.decode("utf-8", "replace")).encode(),
            )
        )
        return answer

    def _same(self, text: str) -> str:
        for each, label in self.volatile.items():
            text = text.replace(each, label)
        return re.sub(r'"reference":"\w+"|zkw_[\w-]+', "<own>", text)

    def page(self, path: str, said: str = "", **headers: str) -> Any:
        """A page of the help centre, as a browser or a program asks for it."""
        return self.ask("GET", path, said=said, headers=headers)


def _frames(answer: TestResponse, count: int) -> Iterator[bytes]:
    body = answer.iter_encoded()
    for _ in range(count):
        yield next(body, b"")
    answer.close()


class Visitor:
    """One visit: all it says is remembered, since it may be told it again."""

    def __init__(self, watched: Watched, site: str, origin: str, lang: str = "zh-CN") -> None:
        self._watched = watched
        self._origin = origin
        self.said = ""
        self._count = 0
        begun = watched.ask(
            "POST",
            "/widget/v1/sessions",
            json={"site": site, "lang": lang},
            headers={"Origin": origin},
        )
        assert begun.status_code == 201, begun.text
        self._token = begun.json["token"]

    def do(self, method: str, path: str, body: object = None, first: int = 0) -> Any:
        """One request of this visit."""
        headers = {"Origin": self._origin, "Authorization": f"Bearer {self._token}"}
        more = {} if method == "GET" else {"json": {} if body is None else body}
        answer = self._watched.ask(
            method, f"/widget/v1{path}", said=self.said, first=first, headers=headers, **more
        )
        if path == "/sessions/renew" and answer.status_code == 200:
            self._token = answer.json["token"]
        return answer

    def say(self, text: str, **more: object) -> Any:
        """Say something; the visit's own words may come back."""
        self.said += f"\n{text}\n{json.dumps(more, ensure_ascii=False)}"
        self._count += 1
        body = {"text": text, "external_id": f"m{self._count}", **more}
        answer = self.do("POST", "/messages", body)
        self._watched.questions += 1
        return answer
