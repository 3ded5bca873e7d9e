"""Reading a file from elsewhere in a process of its own, so that its limits are real ones.

What a parser does with a hostile file, how long and with how much memory, is no longer this
process's matter: it sees records, or the reason why there are none.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import kb
from kb.formats import limits
from kb.formats.records import Record, Refused, unpacked

_LOG = logging.getLogger(__name__)
_ROOT = str(Path(kb.__file__).parent.parent)


def read(path: Path, name: str, pictures: Path, split: int | None = None) -> Iterator[Record]:
    """The records of the file at `path`, which its sender called `name`.

    Pictures inside it are put into the folder `pictures`. `split` is the lowest heading level
    that begins a page of its own (0: none does; None: as fits the kind of file). Raises Refused
    at any point when the file cannot be taken: what was read until then is of no use.
    """
    command = [sys.executable, "-m", "kb.formats.child", str(path.resolve()), name]
    command += [str(pictures.resolve()), "" if split is None else str(split)]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            env=_environment(),
        ) as process,
    ):
        late = threading.Timer(limits.SECONDS, process.kill)
        late.daemon = True
        late.start()
        try:
            yield from _records(process, said)
        finally:
            late.cancel()
            process.kill()


def _environment() -> dict[str, str]:
    """As little as a Python needs: no secret of ours reaches the reading process."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": _ROOT,
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _records(process: subprocess.Popen[bytes], said: IO[bytes]) -> Iterator[Record]:
    assert process.stdout is not None
    size = 0
    for line in process.stdout:
        size += len(line)
        if size > limits.MAX_OUTPUT:
            raise Refused("holds too much text; import it in parts")
        if line.startswith(b'{"refused"'):
            raise Refused(json.loads(line)["refused"])
        yield unpacked(line)
    status = process.wait()
    if status < 0:
        raise Refused("takes too long or too much memory to read; import it in parts")
    if status > 0:
        said.seek(0)
        _LOG.error("a file could not be read: %s", said.read(8192).decode(errors="replace"))
        raise Refused("is damaged, or of a kind that cannot be read")
