"""Keeps the index in step with the knowledge base: `python -m indexer.watch`.

The change feed is polled every 100 ms, so a publish is searchable well within a second. Time
passing needs nothing: validity is evaluated by the search. The process ends when its standard
input ends, so it never outlives the server that started it.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import IO

from indexer.build import BuildReport, Indexer
from indexer.encoder import load_encoder
from kb.errors import NotAllowed, StorageFull, Unavailable
from kb.settings import Settings

log = logging.getLogger(__name__)
POLL = 0.1
_PATIENCE = 5.0


def run(indexer: Indexer, stop: threading.Event, poll: float = POLL) -> None:
    """Build whenever the knowledge base changes, until `stop` is set.

    A failed build leaves the live index as it is and is tried again after some seconds.

    Args:
        indexer: What builds.
        stop: Ends the loop.
        poll: Seconds between looks at the change feed.
    """
    while not stop.is_set():
        stop.wait(poll if attempt(indexer) else _PATIENCE)


def attempt(indexer: Indexer) -> bool:
    """One look at the change feed, with a build if needed; False when that failed."""
    try:
        report = indexer.build_if_changed(progress)
    except NotAllowed as error:
        log.info("%s; trying again", error)
        return False
    except (StorageFull, Unavailable) as error:
        log.error("%s", error)
        return False
    except Exception:
        # A watcher that dies silently would freeze the index; it logs and goes on instead.
        log.exception("the index could not be built; the live one keeps serving")
        return False
    if report and report.changed:
        _tell(report)
    return True


def progress(done: int, total: int) -> None:
    """Log how far a long build is, about every four thousand texts."""
    if total > 4096 and done % 4096 < 256:
        log.info("encoded %d of %d texts", done, total)


def stop_at_end_of(stream: IO[bytes]) -> threading.Event:
    """An event that is set as soon as the stream ends."""
    stop = threading.Event()

    def wait() -> None:
        while stream.read(1024):
            pass
        stop.set()

    threading.Thread(target=wait, name="stdin-watch", daemon=True).start()
    return stop


def _tell(report: BuildReport) -> None:
    log.info(
        "index %s: %d chunks, %d encoded, %d reused, %.2f s",
        report.generation,
        report.chunks,
        report.embedded,
        report.reused,
        report.seconds,
    )


def main() -> None:
    """Watch the configured knowledge base until standard input ends."""
    from kb.clock import utc_now
    from kb.knowledge import KnowledgeBase
    from kb.store import open_engine

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("kb.store").setLevel(logging.ERROR)  # the server has warned already
    settings = Settings.from_env()
    stop = stop_at_end_of(sys.stdin.buffer)
    kb = KnowledgeBase(open_engine(settings), utc_now, settings.site_tz)
    run(Indexer(kb, load_encoder(settings), settings.data / "index"), stop)


if __name__ == "__main__":
    main()
