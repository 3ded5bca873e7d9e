"""`import kb` and the knowledge base stay light."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("flask", "torch", "faiss", "sentence_transformers", "transformers", "pandas")


def loaded_by(statement: str) -> set[str]:
    script = f"{statement}; import sys; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_package_alone_loads_nothing_outside_the_standard_library() -> None:
    assert not loaded_by("import kb") & {"sqlalchemy", "yaml", "markdown", "nh3", "alembic", *HEAVY}


@pytest.mark.parametrize("module", ["model", "quantities", "validity", "sections", "lifecycle"])
def test_pure_modules_need_no_database(module: str) -> None:
    assert not loaded_by(f"import kb.{module}") & {"sqlalchemy", "alembic", "markdown", *HEAVY}


@pytest.mark.parametrize("module", ["knowledge", "exchange", "freshness", "render", "backup"])
def test_no_module_loads_a_heavy_library(module: str) -> None:
    assert not loaded_by(f"import kb.{module}") & {"alembic", "numpy", *HEAVY}
