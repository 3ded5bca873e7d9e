"""Imports in the background of a worker, so that a long one holds no request."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import cast

from flask import current_app

from assistant.web.problems import Refusal
from assistant.wiring import Services
from kb.errors import ZhikeError
from kb.formats.imports import Imports
from kb.formats.runs import Run

EXTENSION = "zhike.imports"
MOST_AT_ONCE = 3
_LOG = logging.getLogger(__name__)


class ImportJobs:
    """Runs imports in threads, a few at a time; what a thread leaves undone can be continued."""

    def __init__(self, services: Services) -> None:
        self.imports = Imports(services.kb, services.settings.data)
        self._lock = threading.Lock()
        self._working: dict[str, threading.Thread] = {}

    def start(
        self,
        run_id: str,
        work: Callable[[str], Run],
        wait: float,
        first: Callable[[str], object] | None = None,
    ) -> None:
        """Begin work on a run unless it is under way; returns when done or after `wait` seconds.

        `first` is called before anything is waited for, so that whoever asks sees what it notes.
        Raises Refusal when too many are under way.
        """
        with self._lock:
            self._working = {k: t for k, t in self._working.items() if t.is_alive()}
            thread = self._working.get(run_id)
            if thread is None:
                if len(self._working) >= MOST_AT_ONCE:
                    raise Refusal(503, "imports_busy", headers={"Retry-After": "10"})
                if first:
                    first(run_id)
                thread = threading.Thread(
                    target=self._run, args=(run_id, work), name=f"import-{run_id}", daemon=True
                )
                self._working[run_id] = thread
                thread.start()
        thread.join(wait)

    def _run(self, run_id: str, work: Callable[[str], Run]) -> None:
        try:
            work(run_id)
        except ZhikeError as error:  # a full disk, say: the run stays where it is
            _LOG.warning("import %s stopped: %s", run_id, error)
        except Exception:
            _LOG.exception("import %s failed", run_id)


def jobs() -> ImportJobs:
    """The imports of the running app."""
    return cast(ImportJobs, current_app.extensions[EXTENSION])
