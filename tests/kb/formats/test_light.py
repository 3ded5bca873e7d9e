"""Nothing heavy is loaded before a file is really read or written."""

from __future__ import annotations

import subprocess
import sys

import pytest

LIBRARIES = {"openpyxl", "mammoth", "bs4", "markdownify", "charset_normalizer", "defusedxml",
             "numpy", "flask", "alembic"}  # fmt: skip


@pytest.mark.parametrize(
    "module", ["kb", "kb.formats", "kb.formats.imports", "kb.formats.exporting", "kb.images"]
)
def test_importing_loads_none_of_the_libraries_for_formats(module: str) -> None:
    script = f"import {module}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert not LIBRARIES & set(done.stdout.split())
