"""Digests on their way: signed webhooks that are retried, mail over a local server."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from assistant.desk import mail, webhook
from assistant.desk.delivery import Delivery, MailServer
from assistant.desk.digest import Digest
from assistant.desk.sending import Sent, send_all
from assistant.desk.webhook import PAUSES, DeliveryFailed, Webhook
from kb.errors import InvalidInput
from tests.assistant.desk.conftest import Hook

SECRET = "s3cret"


def send(hook: Hook, **options: Any) -> tuple[int, list[float]]:
    slept: list[float] = []
    tries = Webhook(hook.url, SECRET, private=True, **options).send({"名": "值"}, slept.append)
    return tries, slept


def test_the_body_is_signed_so_that_receivers_can_check(hook: Hook) -> None:
    assert send(hook) == (1, [])
    expected = hmac.new(SECRET.encode(), hook.bodies[0], hashlib.sha256).hexdigest()
    assert hook.headers[0]["X-Zhike-Signature"] == f"sha256={expected}"
    assert hook.headers[0]["Content-Type"] == "application/json"
    assert json.loads(hook.bodies[0]) == {"名": "值"}


def test_a_failing_receiver_is_asked_again_with_growing_pauses(hook: Hook) -> None:
    hook.answers = [503, 429, 200]
    assert send(hook) == (3, list(PAUSES[:2]))
    assert len(set(hook.bodies)) == 1, "the same body every time"


def test_in_the_end_it_gives_up(hook: Hook) -> None:
    hook.answers = [500]
    with pytest.raises(DeliveryFailed, match="500"):
        send(hook)
    assert len(hook.bodies) == len(PAUSES) + 1


@pytest.mark.parametrize("status", [302, 400, 410])
def test_a_refusal_is_final_and_no_redirect_is_followed(hook: Hook, status: int) -> None:
    hook.answers = [status]
    with pytest.raises(DeliveryFailed, match=str(status)):
        send(hook)
    assert len(hook.bodies) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "[::1]"])
def test_private_addresses_are_refused_unless_meant(host: str) -> None:
    with pytest.raises(DeliveryFailed, match="own network"):
        Webhook(f"http://{host}:9/x", SECRET).send({}, lambda _: None)


def test_nobody_there_is_a_failure_not_a_crash(hook: Hook) -> None:
    gone = Webhook("http://127.0.0.1:1/x", SECRET, private=True)
    with pytest.raises(DeliveryFailed):
        gone.send({}, lambda _: None)


def test_one_that_answers_a_byte_at_a_time_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "DEADLINE", 0.2)
    cut_off = threading.Event()

    def dribble(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.")
            for _ in range(200):  # it would end well, much later
                connection.sendall(b"1")
                if cut_off.wait(0.05):
                    return
            connection.sendall(b" 200 OK\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=dribble, args=(listening,))
        server.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        try:
            with pytest.raises(DeliveryFailed):
                Webhook(address, SECRET, private=True).send_once({}, {})
        finally:
            cut_off.set()
            server.join()


class Box:
    """Keeps the mails that a local server takes."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refuse = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuse:
            return "554 no"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def box() -> Iterator[tuple[Box, MailServer]]:
    handler = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, MailServer("127.0.0.1", port, tls=False)
    controller.stop()


def test_mail_has_text_and_html(
    box: tuple[Box, MailServer], digest_of: Callable[..., Digest]
) -> None:
    handler, server = box
    digest = digest_of()
    mail.send(mail.message(digest, "知客 <kb@example.com>", "promo@example.com"), server)
    (taken,) = handler.mails
    assert taken["Subject"] == digest.subject
    assert taken["To"] == "promo@example.com"
    text, html = taken.get_body(("plain",)), taken.get_body(("html",))
    assert text.get_content().replace("\r\n", "\n") == digest.text
    assert "夏季&lt;清洗&gt;优惠" in html.get_content()


def test_a_password_is_not_sent_without_tls(
    box: tuple[Box, MailServer], digest_of: Callable[..., Digest]
) -> None:
    _handler, server = box
    guarded = MailServer(server.host, server.port, tls=False, user="u", password="p")
    with pytest.raises(DeliveryFailed, match="no TLS"):
        mail.send(mail.message(digest_of(), "kb@example.com", "a@example.com"), guarded)


def test_every_way_is_tried_and_failures_are_told(
    box: tuple[Box, MailServer], hook: Hook, digest_of: Callable[..., Digest]
) -> None:
    handler, server = box
    handler.refuse = True
    delivery = Delivery(
        webhook=hook.url, webhook_secret=SECRET, webhook_private=True, mail=server,
        sender="kb@example.com", recipients={"*": "all@example.com"},
    )  # fmt: skip
    sent = send_all([digest_of()], delivery, lambda _: None)
    assert sent[0] == Sent("促销组", "webhook", hook.url)
    assert (sent[1].way, sent[1].to) == ("mail", "all@example.com")
    assert "did not take it" in sent[1].error
    assert json.loads(hook.bodies[0])["owner"] == "促销组"


def test_settings_are_read_and_checked_together() -> None:
    found = Delivery.from_env({
        "ZHIKE_WEBHOOK_URL": "https://hooks.example.com/x", "ZHIKE_WEBHOOK_SECRET": SECRET,
        "ZHIKE_SMTP_URL": "smtps://me%40x:p%3A@mail.example.com", "ZHIKE_MAIL_FROM": "kb@example.com",
        "ZHIKE_DIGEST_TO": "退换货组=a@example.com, *=all@example.com",
    })  # fmt: skip
    assert found.mail == MailServer("mail.example.com", 465, True, "me@x", "p:")
    assert found.recipient("退换货组") == "a@example.com"
    assert found.recipient("别的组") == "all@example.com"
    assert SECRET not in repr(found)
    assert Delivery.from_env({}).mail is None
    with pytest.raises(InvalidInput) as refused:
        Delivery.from_env({
            "ZHIKE_WEBHOOK_URL": "ftp://x", "ZHIKE_SMTP_URL": "smtp://host:port",
            "ZHIKE_DIGEST_TO": "nobody", "ZHIKE_SITE_URL": "kb",
        })  # fmt: skip
    assert {p.field for p in refused.value.problems} == {
        "ZHIKE_WEBHOOK_URL", "ZHIKE_SMTP_URL", "ZHIKE_DIGEST_TO", "ZHIKE_SITE_URL",
    }  # fmt: skip
