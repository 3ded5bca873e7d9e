"""A throw-away copy of the product over a folder of content, to measure it safely."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from indexer.build import Indexer
from indexer.encoder import Encoder, load_encoder
from indexer.ranking import Ranking
from indexer.reranking import load_reranking
from indexer.search import Searcher
from kb.clock import utc_now
from kb.errors import InvalidInput
from kb.exchange import apply_import, plan_import
from kb.knowledge import KnowledgeBase
from kb.model import Entry
from kb.settings import Settings
from kb.store import open_engine, upgrade

START_SECONDS = 60.0
_COMMAND = (sys.executable, "-m", "assistant.cli")


@dataclass(frozen=True, slots=True)
class Workspace:
    """A copy of the product over some content.

    Attributes:
        settings: Those of the copy; its data folder is temporary.
        searcher: A searcher over all of it.
        encoder: The encoder of its index.
        entries: Everything that was imported.
    """

    settings: Settings
    searcher: Searcher
    encoder: Encoder
    entries: Sequence[Entry]


@contextmanager
def workspace(content: Path, ranking: Ranking | None = None) -> Iterator[Workspace]:
    """Imports `content` into a temporary data folder and builds its index.

    Raises InvalidInput when a file of `content` is wrong.
    """
    with TemporaryDirectory(prefix="zhike-evaluation-") as folder:
        settings = replace(
            Settings.from_env(),
            data=Path(folder),
            database_url=f"sqlite:///{Path(folder) / 'zhike.db'}",
        )
        engine = open_engine(settings)
        try:
            upgrade(engine)
            kb = KnowledgeBase(engine, utc_now, settings.site_tz)
            plan = plan_import(content, kb)
            if plan.problems:
                raise InvalidInput(list(plan.problems))
            apply_import(plan, kb, "evaluation")
            encoder = load_encoder(settings)
            Indexer(kb, encoder, settings.data / "index").build()
            searcher = Searcher(
                settings.data / "index" / "staff",
                encoder,
                ranking,
                reranking=load_reranking(settings),
            )
            yield Workspace(settings, searcher, encoder, kb.snapshot())
        finally:
            engine.dispose()


@contextmanager
def service(settings: Settings) -> Iterator[tuple[int, str]]:
    """Starts the real service over `settings.data`; yields its port and an agent's token.

    Raises RuntimeError when it does not become ready within START_SECONDS.
    """
    token = subprocess.run(
        [*_COMMAND, "token", "create", "--role", "agent", "--name", "bench"],
        env=_environment(settings), check=True, capture_output=True, text=True,
    ).stdout.split()[-1]  # fmt: skip
    with serving(settings) as (port, _process):
        yield port, token


@contextmanager
def serving(
    settings: Settings, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[int, int]]:
    """Starts the real service over `settings.data`; yields its port and process id.

    `more` are further settings as the environment gives them.

    Raises RuntimeError when it does not become ready within START_SECONDS.
    """
    port = _free_port()
    process = subprocess.Popen(
        [*_COMMAND, "serve"],
        env={**_environment(settings), **more, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "ZHIKE_DATA": str(settings.data),
        "ZHIKE_DATABASE_URL": settings.database_url,  # or else a `.env` might name the real one
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError("the service did not become ready; run `zhike serve` to see why")
