"""Starting the service: check, prepare, say where to go, then hand over to gunicorn."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import Engine

from assistant.accounts.accounts import Accounts
from assistant.progress import Progress
from indexer import generations
from kb.clock import utc_now
from kb.errors import InvalidInput, StorageFull, ZhikeError
from kb.settings import Settings
from kb.store import open_engine, upgrade

if TYPE_CHECKING:
    from assistant.wiring import Services

Say = Callable[[str], None]

# faiss and BLAS threads started before a fork hang the child, and make single queries slower.
THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
_UPKEEP_SECONDS = 3600.0
_STALLED_SECONDS = 15.0  # in the middle of a request, without a byte
# Threads that compute must let one that writes go on soon: while it holds the database's lock,
# every other writer waits for it. Python's own 5 ms, at each of its statements, is too long.
_SWITCH_SECONDS = 0.0005
# glibc would give every thread a heap of its own, each growing to the most that it ever needed.
_M_ARENA_MAX, _ARENAS = -8, 2


class CannotServe(ZhikeError):
    """The service could not be started; the message says what to do."""


def limit_threads() -> None:
    """Pin numeric libraries to one thread; must happen before any of them is imported."""
    for name in THREAD_LIMITS:
        os.environ.setdefault(name, "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def serve(settings: Settings, content: Path | None, say: Say) -> None:
    """Prepare everything and serve until a signal ends it (by SystemExit).

    Args:
        settings: where and how.
        content: a folder of Markdown files to import first, or None.
        say: prints one line for the person who started it.

    Raises:
        CannotServe: the address is taken or not ours, or the index could not be built.
        ZhikeError: the database cannot be opened or belongs to another version.
    """
    limit_threads()
    _own_folder(settings.data)
    with bind(settings.host, settings.port) as listening:
        os.umask(0o077)  # database, keys and index are for this account only
        address = f"http://{_reachable(settings.host)}:{listening.getsockname()[1]}"
        engine = open_engine(settings)
        try:
            upgrade(engine)
            if content is not None:
                try:
                    import_content(settings, engine, content, say)
                except StorageFull as error:  # what is there already is served all the same
                    say(f"Import of {content} stopped: {error}.")
            ensure_index(settings, say)
            _welcome(engine, address, say)
        finally:
            engine.dispose()  # connections must not cross the fork
        _run(settings, listening)


def _welcome(engine: Engine, address: str, say: Say) -> None:
    """Say where to go, and how to get in while nobody can."""
    say(f"Zhike: {address}/")
    people = Accounts(engine, utc_now).people
    if people.none_yet():
        say("Nobody can sign in yet. Create the first administrator within 24 hours:")
        try:
            say(f"  {address}/setup?token={people.new_setup_link()}")
        except StorageFull as error:  # what can be read is served all the same
            say(f"  not now: {error}. Free some space and start again for the link.")


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the address, so that a taken port is found before anything is prepared.

    Raises:
        CannotServe: somebody else has the port, or the address is not this machine's.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with ExitStack() as undo:
            bound = undo.enter_context(socket.socket(family, kind))
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Its connections inherit this: whoever stops in the middle of a request would otherwise
            # keep a thread for good, and a few dozen of them the whole service.
            waited = struct.pack("ll", int(_STALLED_SECONDS), int(_STALLED_SECONDS % 1 * 1e6))
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, waited)
            bound.bind(address)
            undo.pop_all()
    except OSError as error:
        raise CannotServe(
            f"cannot listen on {host}:{port}: {error.strerror or error}. "
            "Stop the other program or choose another address with --port or --host."
        ) from error
    return bound


def import_content(settings: Settings, engine: Engine, folder: Path, say: Say) -> None:
    """Import a folder as `zhike import` does; what is wrong with a file is printed.

    The rest of the folder is imported and the service starts: one bad file must not keep a team
    from its knowledge.
    """
    from assistant.impact.bringing import bring_folder
    from kb.exchange import apply_import, plan_import
    from kb.knowledge import KnowledgeBase

    kb = KnowledgeBase(engine, utc_now, settings.site_tz)
    done = apply_import(plan_import(folder, kb), kb, "import", Progress(say, "files imported"))
    for problem in (*done.problems, *kb.learn_products(folder, "import")):
        say(str(problem))
    say(f"Import of {folder}: {done.summary}")
    try:
        questions = bring_folder(folder, kb, "import")
    except InvalidInput as error:
        say(str(error))
        return
    if questions is not None:
        for problem in questions.problems:
            say(str(problem))
        say(f"Questions of {folder}: {questions.summary}")


def ensure_index(settings: Settings, say: Say) -> None:
    """Build the index when there is none; an outdated one is brought up to date while serving.

    Building happens in a process of its own, so that its memory and threads end with it.

    Raises:
        CannotServe: the build failed.
    """
    roots = [settings.data / "index" / name for name in ("staff", "public")]
    if all(generations.current(root) for root in roots):
        return
    say("Building the search index …")
    done = subprocess.run([sys.executable, "-m", "assistant.cli", "index"], check=False)
    if done.returncode:
        raise CannotServe("the search index could not be built; see the message above")


def load_app(settings: Settings) -> Callable[..., Any]:
    """The WSGI application, made inside a worker; its index is open when this returns."""
    from assistant.metric_files import reserve
    from assistant.web import impact_warming
    from assistant.web.app import create_app
    from assistant.wiring import build_services

    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("kb.store").setLevel(logging.ERROR)  # the master has warned already
    logging.getLogger("gunicorn.error").addFilter(_no_stalled)
    sys.setswitchinterval(_SWITCH_SECONDS)
    _share_heaps()
    if metrics := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        reserve(Path(metrics))
    services = build_services(settings)
    services.searcher.reload_if_changed()
    threading.Thread(target=_warm_up, args=(services,), name="warm-up", daemon=True).start()
    threading.Thread(target=_upkeep, args=(services,), name="upkeep", daemon=True).start()
    services.selfservice.outbox.start()
    app = create_app(services)
    impact_warming.install(app)
    return app


def _no_stalled(record: logging.LogRecord) -> bool:
    """Whoever stops in the middle of a request must not fill the log as well."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


def _share_heaps() -> None:
    """Let the threads of this process share their heaps, where the C library knows how."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def _warm_up(services: Services) -> None:
    """Load what is loaded on first use, while nobody waits: the catalogue and the dictionaries."""
    from assistant.accounts.roles import Role, audiences_of
    from indexer.search import SearchRequest

    try:
        services.catalogue.current()
        services.searcher.search(SearchRequest("退货", audiences=audiences_of(Role.AGENT)))
        services.canned.warm_up()
        services.selfservice.conversations.warm_up()
    except Exception:
        logging.getLogger(__name__).exception("warming up failed; requests will load the rest")
    # What is loaded now stays. Searching all of it for cycles would stop every request for a fifth
    # of a second, again and again.
    gc.collect()
    gc.freeze()


def _upkeep(services: Services) -> None:
    """Forget old contacts, visits and what customers asked in vain, once an hour.

    Every worker may: what one deleted the next misses.
    """
    while True:
        sleep(_UPKEEP_SECONDS)
        try:
            services.contacts.forget(services.settings.contact_days)
            services.selfservice.sessions.forget(services.settings.contact_days)
            services.insights.forget(services.settings.contact_days)
        except Exception:
            logging.getLogger(__name__).exception("old contacts could not be deleted; trying again")


def _run(settings: Settings, listening: socket.socket) -> None:
    metrics = _fresh_folder(settings.data / "metrics")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)  # before the library is imported
    from assistant.supervisor import Application, Watcher, options, watcher_command

    _import_before_fork()
    _check_word_lists(settings)
    watcher = Watcher(watcher_command())
    wanted = options(listening.detach(), settings.workers, settings.threads, watcher, metrics)
    Application(lambda: load_app(settings), wanted, watcher).run()


def _import_before_fork() -> None:
    """Import the service's code once for all workers.

    Only code: faiss, tokenizers and open files come in each worker (a test holds this to it).
    """
    import assistant.web.app
    import assistant.wiring  # noqa: F401


def _check_word_lists(settings: Settings) -> None:
    """Read the editable word lists once here, where a mistake in one is told to a person."""
    from assistant.replies import load_tables

    load_tables(settings.data)


def _own_folder(folder: Path) -> None:
    """The data folder: made if missing, and closed to other people then."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _fresh_folder(folder: Path) -> Path:
    """An empty folder for metric files: those of an earlier run would be added up with ours."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink(missing_ok=True)
    return folder.resolve()


def _reachable(host: str) -> str:
    """An address to open in a browser for a host to listen on."""
    if host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
