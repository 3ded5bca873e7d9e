"""Asking external links: what servers answer, what may not be asked, and how often."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from assistant.desk import linkprobe, outbound
from assistant.desk.linkprobe import Found, LinkProbe, Outcome


class Site(BaseHTTPRequestHandler):
    """Answers by path, and remembers what it was asked."""

    asked: ClassVar[list[str]] = []

    def _answer(self) -> None:
        type(self).asked.append(f"{self.command} {self.path}")
        word = self.path.strip("/").split("/")[0]
        if word == "moved":
            self._head(301, Location="/ok")
        elif word == "away":
            self._head(302, Location="/gone")
        elif word == "round":
            self._head(302, Location="/round")
        elif word == "inside":
            self._head(302, Location="ftp://127.0.0.1/")
        elif word == "headless" and self.command == "HEAD":
            self._head(405)
        else:
            self._head({"gone": 404, "shut": 403}.get(word, 200))
        if self.command == "GET":
            self.wfile.write(b"x" * 200_000)

    do_HEAD = do_GET = _answer

    def _head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def site() -> Iterator[str]:
    Site.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def probe() -> LinkProbe:
    return LinkProbe(private=True, sleep=lambda _seconds: None)


@pytest.mark.parametrize(
    ("path", "outcome", "status"),
    [
        ("/ok?a=1", Outcome.OK, 200),
        ("/gone", Outcome.GONE, 404),
        ("/away", Outcome.GONE, 404),
        ("/shut", Outcome.REFUSED, 403),
        ("/headless", Outcome.OK, 200),
        ("/moved", Outcome.MOVED, 200),
        ("/round", Outcome.FAILED, 0),
        ("/inside", Outcome.PRIVATE, 0),
    ],
)
def test_what_servers_answer(site: str, path: str, outcome: Outcome, status: int) -> None:
    (found,) = probe().check([site + path])
    assert (found.outcome, found.status) == (outcome, status)
    if outcome is Outcome.MOVED:
        assert found.location == f"{site}/ok"


def test_a_page_is_asked_for_only_where_its_head_is_refused(site: str) -> None:
    probe().check([f"{site}/ok", f"{site}/headless"])
    assert Site.asked == ["HEAD /ok", "HEAD /headless", "GET /headless"]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1"],
)  # fmt: skip
def test_nothing_inside_the_own_network_is_asked(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))
    answer = [public, (family, socket.SOCK_STREAM, 6, "", (address, 80))]

    def never(*_given: object, **_more: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_more: answer)
    monkeypatch.setattr(socket, "create_connection", never)
    (found,) = LinkProbe(sleep=lambda _seconds: None).check(["http://partner.example/"])
    assert found.outcome is Outcome.PRIVATE


@pytest.mark.parametrize(
    "url",
    ["http://example.com:8080/", "https://example.com:22/", "http://user:secret@example.com/",
     "file:///etc/passwd", "gopher://example.com/", "http:///nowhere", "http://[::1"],
)  # fmt: skip
def test_other_ports_schemes_and_credentials_are_not_asked(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(outbound, "address_of", lambda host, *_a, **_k: asked.append(host))
    (found,) = LinkProbe(sleep=lambda _seconds: None).check([url])
    assert found.outcome in (Outcome.PRIVATE, Outcome.FAILED)
    assert asked == []


def test_one_server_is_asked_once_a_second(site: str) -> None:
    slept: list[float] = []
    stands = LinkProbe(private=True, clock=lambda: 100.0, sleep=slept.append)
    stands.check([f"{site}/{name}" for name in "abc"])
    assert slept == [0.0, 1.0, 2.0]


def test_what_no_time_is_left_for_is_asked_later(site: str) -> None:
    times = iter([0.0, 0.0, 0.0, 99.0, 99.0, 99.0, 99.0])
    late = LinkProbe(private=True, clock=lambda: next(times), sleep=lambda _seconds: None)
    first, second = late.check([f"{site}/a", f"{site}/b"])
    assert (first.outcome, second.outcome) == (Outcome.OK, Outcome.BUSY)


def test_a_server_that_dribbles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linkprobe, "TIMEOUT", 0.5)
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def dribble() -> None:
        with listener.accept()[0] as client:
            for _ in range(200):
                try:
                    client.sendall(b"H")
                except OSError:
                    break
                if over.wait(0.1):
                    break

    thread = threading.Thread(target=dribble, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    (found,) = probe().check([url])
    over.set()
    thread.join()
    listener.close()
    assert found.outcome is Outcome.FAILED
    assert found.url == url


def test_the_same_address_is_asked_once(site: str) -> None:
    found = probe().check([f"{site}/ok"] * 3)
    assert found == [Found(f"{site}/ok", Outcome.OK, 200)]
    assert len(Site.asked) == 1


@pytest.mark.parametrize(
    "address",
    [
        "fec0::1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "::7f00:1",
        "::ffff:0:7f00:1",
        "2002:7f00:1::",
    ],
)
def test_addresses_that_wrap_another_or_are_of_a_site_are_inside(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    found = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 443, 0, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    with pytest.raises(outbound.InsideOnly):
        outbound.address_of("example.com", 443)


def test_a_server_that_never_shakes_hands_is_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        made = outbound.connection("localhost", port, host, secure=True, timeout=60)
        shaking, over = threading.Event(), threading.Event()

        def dribble() -> None:
            peer, _from = server.accept()
            with peer:
                peer.recv(1)  # the beginning of the handshake
                shaking.set()
                over.wait()

        def cut() -> None:
            shaking.wait()
            made.cut()

        threads = [threading.Thread(target=one, daemon=True) for one in (dribble, cut)]
        for thread in threads:
            thread.start()
        with pytest.raises(OSError):
            made.connect()
        over.set()
        for thread in threads:
            thread.join()
        made.close()


def test_what_was_cut_before_it_was_open_stays_shut(site: str) -> None:
    port = int(site.rpartition(":")[2])
    made = outbound.connection("localhost", port, "127.0.0.1", secure=False, timeout=60)
    made.cut()
    with pytest.raises(TimeoutError):
        made.connect()
    assert made.sock is None
