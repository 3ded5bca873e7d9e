"""gunicorn, run in-process, plus one more child: the index watcher.

The master stays small and free of threads. It never imports faiss, so nothing that dislikes
`fork` has been started when workers are made.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from assistant.metric_files import release

_STOP_SECONDS = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
Wsgi = Callable[..., Any]


class Watcher:
    """The index watcher as a child process. It ends by itself when its standard input closes."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._pause = 0.0
        # Workers first: on a small machine they would have to share the processor with it.
        self._not_before = monotonic() + _FIRST_PAUSE

    def keep_alive(self) -> int | None:
        """Start the child when it is not running; its pid when that happened now.

        A child that keeps dying is started again after ever longer pauses, up to a minute.
        """
        if self._process is not None and self._process.poll() is None:
            return None
        now = monotonic()
        if now < self._not_before:
            return None
        if now - self._not_before > _LONGEST_PAUSE:
            self._pause = 0.0  # it ran well for a while; this is a new trouble
        self._pause = min(max(self._pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        self._not_before = now + self._pause
        self.forget()
        # A session of its own: Ctrl-C in the terminal is the master's to handle.
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, start_new_session=True
        )
        return self._process.pid

    def forget(self) -> None:
        """Close our end of the pipe, in a worker as well, so that only the master holds it."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def stop(self) -> None:
        """Ask the child to end by closing its input; kill it when that takes too long."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class WatchingArbiter(Arbiter):  # type: ignore[misc]
    """gunicorn's master that also keeps the index watcher alive."""

    def __init__(self, app: Application) -> None:
        super().__init__(app)
        self._watcher = app.watcher

    def manage_workers(self) -> None:
        """Called once a second, and after every signal."""
        super().manage_workers()
        pid = self._watcher.keep_alive()
        if pid is not None:
            self.log.info("index watcher started (pid: %s)", pid)

    def stop(self, graceful: bool = True) -> None:
        """Stop the workers, then the watcher."""
        super().stop(graceful)
        self._watcher.stop()

    def handle_usr2(self) -> None:
        """Replacing the running program in place would run the preparations a second time."""
        self.log.warning("SIGUSR2 is not supported; restart the service instead")


class Application(BaseApplication):  # type: ignore[misc]
    """Our WSGI application with its settings; the workers load it after the fork.

    Args:
        load: makes the WSGI callable, in each worker.
        options: gunicorn settings by name.
        watcher: the child to keep alive beside the workers.
    """

    def __init__(
        self, load: Callable[[], Wsgi], options: Mapping[str, Any], watcher: Watcher
    ) -> None:
        self._load = load
        self._options = dict(options)
        self.watcher = watcher
        super().__init__(prog="zhike")

    def load_config(self) -> None:
        """Take our settings; nothing is read from the command line or a configuration file."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Wsgi:
        """The WSGI callable."""
        return self._load()

    def run(self) -> None:
        """Serve until told to stop; ends by SystemExit with gunicorn's status."""
        WatchingArbiter(self).run()


def watcher_command() -> tuple[str, ...]:
    """How the index watcher is started."""
    return (sys.executable, "-m", "indexer.watch")


def options(
    socket_fd: int, workers: int, threads: int, watcher: Watcher, metrics: Path
) -> dict[str, Any]:
    """Settings of gunicorn for a listening socket that is already bound."""
    return {
        "bind": [f"fd://{socket_fd}"],
        "worker_class": "gthread",
        "workers": workers,
        "threads": threads,
        "timeout": 60,
        "graceful_timeout": 20,
        "keepalive": 30,
        "preload_app": False,
        "control_socket_disable": True,
        "proc_name": "zhike",
        "loglevel": "warning",
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,
        "post_fork": lambda server, worker: watcher.forget(),
        "child_exit": lambda server, worker: _forget_metrics(worker.pid, metrics),
    }


def _forget_metrics(pid: int, folder: Path) -> None:
    """Live gauges of a worker that is gone; counters stay, they are totals."""
    for path in folder.glob(f"gauge_live*_{pid}.db"):
        path.unlink(missing_ok=True)
    release(folder, pid)
