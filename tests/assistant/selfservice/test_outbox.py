"""What sites are told by webhook: all that happened, signed, until it was taken."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from assistant.desk.webhook import DeliveryFailed, Webhook
from assistant.selfservice import store
from assistant.selfservice.model import Delivery
from assistant.selfservice.outbox import PAUSES, Outbox
from kb.store import read
from tests.assistant.conftest import FakeClock
from tests.assistant.selfservice.talking import AGENT, Talk


class Receiver(HTTPServer):
    """Answers as told and keeps what it gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def outbox(talk: Talk, **options: Any) -> Outbox:
    own = talk.services.selfservice
    return Outbox(talk.services.kb.engine, talk.services.clock, own.sites, private=True, **options)


def deliveries(talk: Talk) -> list[Delivery]:
    with read(talk.services.kb.engine) as connection:
        return store.deliveries(connection, talk.site.id)


def test_a_handover_is_told_with_everything(talk: Talk, receiver: Receiver) -> None:
    talk.change_site(webhook_url=receiver.url)
    talk.judge(talk.say("退货运费谁出", {"page": "/cart"}), solved=False)
    talk.say("我是 13812345678，转人工")
    assert outbox(talk).deliver_due() == 1
    ((headers, body),) = receiver.got
    secret = talk.services.selfservice.sites.webhook_secret(talk.site)
    signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Zhike-Signature"] == f"sha256={signed}"
    told = json.loads(body)
    assert headers["X-Zhike-Delivery"] == told["id"]
    assert told["event"] == "handover"
    assert (told["site"], told["visit"]) == (talk.site.id, talk.visit.id)
    assert told["contact_id"] == talk.contact.id
    assert (told["reason"], told["skill_group"]) == ("asked_for_person", talk.contact.skill_group)
    assert told["tried"][0] == {
        "entry_id": "return-freight", "revision": 1, "title": "退货运费谁出？",
        "verdict": "not_solved",
    }  # fmt: skip
    assert told["transcript"][0]["text"] == "退货运费谁出"
    assert told["context"]["page"] == "/cart"
    assert "13812345678" not in body.decode()
    (delivery,) = deliveries(talk)
    assert delivery.delivered_at is not None
    assert outbox(talk).deliver_due() == 0


def test_tickets_and_ends_are_told_too(talk: Talk, receiver: Receiver) -> None:
    talk.change_site(webhook_url=receiver.url)
    talk.say("转人工")
    talk.services.contacts.close(talk.contact.id, AGENT, "好了")
    talk.change_site(hours="never")
    conversations = talk.services.selfservice.conversations
    conversations.leave_ticket(talk.visit, "李", "a@b.example", "补充一下")
    outbox(talk).deliver_due()
    told = [json.loads(body) for _, body in receiver.got]
    assert {each["event"] for each in told} == {"handover", "closed", "ticket"}
    assert "a@b.example" not in repr(told)


def test_a_site_without_a_webhook_is_told_nothing(talk: Talk) -> None:
    talk.say("转人工")
    assert deliveries(talk) == []


def test_what_did_not_happen_is_not_told(talk: Talk) -> None:
    """Delivery and hand-over are one transaction: the same message again adds neither."""
    talk.change_site(webhook_url="https://crm.example.com/hook")
    talk.say("转人工", name="a")
    talk.say("转人工", name="a")
    assert len(deliveries(talk)) == 1


def test_a_receiver_that_fails_is_asked_again_after_growing_pauses(
    talk: Talk, receiver: Receiver, clock: FakeClock
) -> None:
    talk.change_site(webhook_url=receiver.url)
    talk.say("转人工")
    receiver.statuses = [500, 404, 302]
    sending = outbox(talk)
    for pause in PAUSES[:3]:
        assert sending.deliver_due() == 1
        assert sending.deliver_due() == 0
        clock.advance(pause - timedelta(seconds=1))
        assert sending.deliver_due() == 0
        clock.advance(timedelta(seconds=1))
    assert sending.deliver_due() == 1
    ids = {headers["X-Zhike-Delivery"] for headers, _ in receiver.got}
    assert (len(receiver.got), len(ids)) == (4, 1)
    (delivery,) = deliveries(talk)
    assert delivery.attempts == 4
    assert delivery.delivered_at is not None


def test_it_is_given_up_in_the_end_and_says_so(
    talk: Talk, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    talk.change_site(webhook_url="https://crm.example.com/hook")
    talk.say("转人工")

    def refuse(hook: Webhook, delivery: Delivery) -> None:
        raise DeliveryFailed("nobody there")

    sending = outbox(talk, send=refuse)
    for pause in PAUSES:
        assert sending.deliver_due() == 1
        clock.advance(pause)
    assert sending.deliver_due() == 1
    clock.advance(timedelta(days=30))
    assert sending.deliver_due() == 0
    (delivery,) = deliveries(talk)
    assert delivery.failed_at is not None
    assert "given up" in caplog.text


def test_a_try_that_fails_in_a_new_way_holds_up_no_other(talk: Talk) -> None:
    talk.change_site(webhook_url="https://crm.example.com/hook")
    talk.say("转人工")
    own = talk.services.selfservice
    other = replace(talk, visit=own.sessions.begin(talk.site)[0])
    other.say("转人工", name="b")
    sent: list[str] = []

    def break_once(hook: Webhook, delivery: Delivery) -> None:
        sent.append(delivery.id)
        if len(sent) == 1:
            raise UnicodeError("label empty or too long")

    assert outbox(talk, send=break_once).deliver_due() == 2
    assert len(set(sent)) == 2
    failed, taken = sorted(deliveries(talk), key=lambda each: each.delivered_at is not None)
    assert (failed.attempts, failed.failed_at) == (1, None)
    assert taken.delivered_at is not None


def test_it_survives_the_process_and_two_do_not_send_the_same(talk: Talk, clock: FakeClock) -> None:
    talk.change_site(webhook_url="https://crm.example.com/hook")
    talk.say("转人工")
    sent: list[str] = []

    def while_another_looks(hook: Webhook, delivery: Delivery) -> None:
        assert outbox(talk, send=lambda *_: sent.append("twice")).deliver_due() == 0
        sent.append(delivery.id)

    # This outbox knows nothing of the one that the delivery was put into.
    assert outbox(talk, send=while_another_looks).deliver_due() == 1
    assert len(sent) == 1


def test_a_try_that_died_is_made_again(talk: Talk, clock: FakeClock) -> None:
    talk.change_site(webhook_url="https://crm.example.com/hook")
    talk.say("转人工")

    def die(hook: Webhook, delivery: Delivery) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outbox(talk, send=die).deliver_due()
    sent: list[str] = []
    again = outbox(talk, send=lambda _hook, delivery: sent.append(delivery.id))
    assert again.deliver_due() == 0
    clock.advance(timedelta(minutes=3))
    assert again.deliver_due() == 1
    assert len(sent) == 1


def test_an_address_inside_the_own_network_is_not_asked(talk: Talk, receiver: Receiver) -> None:
    talk.change_site(webhook_url=receiver.url)
    talk.say("转人工")
    own = talk.services.selfservice
    Outbox(talk.services.kb.engine, talk.services.clock, own.sites).deliver_due()
    assert receiver.got == []
    (delivery,) = deliveries(talk)
    assert (delivery.attempts, delivery.delivered_at) == (1, None)


def test_the_thread_sends_what_it_is_woken_for(talk: Talk, receiver: Receiver) -> None:
    talk.change_site(webhook_url=receiver.url)
    sent = threading.Event()

    def send(hook: Webhook, delivery: Delivery) -> None:
        sent.set()

    sending = outbox(talk, send=send)
    sending.start()
    talk.say("转人工")
    sending.wake()
    assert sent.wait(30)
    sending.stop()
