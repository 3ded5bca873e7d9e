"""A real service in a process of its own, and what stands beside it: the command line, the API."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass
class Service:
    """Where the service listens, and the one-time link it printed (empty: it was used before)."""

    base: str
    setup_link: str
    data: Path


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(base: str, process: subprocess.Popen[str], seconds: float = 180) -> None:
    """Returns once the service at `base` answers; RuntimeError when it ended or took too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{base}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError("the service did not become ready")


@contextmanager
def serving(data: Path, content: Path | None, **settings: str) -> Iterator[Service]:
    """A service with its data in `data` and `content` imported; `settings` are its environment."""
    port = free_port()
    output = data / "service.log"
    environment = {**os.environ, **settings, "ZHIKE_DATA": str(data), "PORT": str(port)}
    imported = ["--import", str(content)] if content else []
    with output.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant.cli", "serve", *imported],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(base, process)
        link = re.search(r"http\S+/setup\?token=\S+", output.read_text())
        yield Service(base, link[0] if link else "", data)
    except RuntimeError as error:
        raise RuntimeError(f"{error}:\n{output.read_text()}") from error
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run_command(data: Path, *arguments: str, given: str = "") -> str:
    """What the command-line program prints when it works on the same data as the service."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "ZHIKE_DATA": str(data)},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@dataclass
class Api:
    """A contact-centre platform as the service meets it: by its API, with a token."""

    base: str
    token: str

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON; raises HTTPError for a refusal."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def get(self, path: str) -> Any:
        """What stands there."""
        return self.call("GET", path)

    def post(self, path: str, body: object) -> Any:
        """Adds or does something."""
        return self.call("POST", path, body)

    def contact(self, name: str, *said: str, channel: str = "chat", to: str = "") -> str:
        """Opens a contact in which the customer has said something; its id."""
        messages = [{"role": "customer", "text": text} for text in said]
        body = {"channel": channel, "customer": {"name": name}, "messages": messages}
        made: str = self.post("/contacts", body)["id"]
        if to:
            self.call("PATCH", f"/contacts/{made}", {"assigned_to": to})
        return made

    def says(self, contact: str, text: str, role: str = "customer") -> None:
        """Pushes a message."""
        self.post(f"/contacts/{contact}/messages", {"role": role, "text": text})

    def read(self, contact: str) -> Any:
        """The contact as the service has it, with its messages."""
        return self.get(f"/contacts/{contact}")


def new_token(data: Path) -> str:
    """A token that may do everything."""
    made = run_command(data, "token", "create", "--role", "admin", "--name", "platform")
    return made.split()[-1]
