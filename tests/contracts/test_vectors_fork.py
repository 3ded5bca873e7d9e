"""A process that has searched can fork, and the child can search: no OpenMP threads are started."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import os, signal
import numpy as np
from indexer.vectors import FaissIndex

rows = np.random.default_rng(1).normal(size=(5000, 64)).astype(np.float16)
index = FaissIndex(rows)
index.search(rows[1].astype(np.float32), 3, None)
child = os.fork()
if child == 0:
    signal.alarm(20)
    found = index.search(rows[7].astype(np.float32), 3, None)[0][0]
    FaissIndex(rows[:100])
    os._exit(0 if found == 7 else 3)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_searching_before_and_after_a_fork() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0"
