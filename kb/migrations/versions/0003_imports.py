"""Imports: files read, their rows as planned, and how far they are carried out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kb.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", sa.Text, primary_key=True),
        _text("name"),
        _number("size"),
        sa.Column("created_at", UtcDateTime, nullable=False),
        _text("created_by"),
        _number("trusted"),
        _text("options"),
        _text("state"),
        _text("reason"),
        _text("heads"),
        _text("notes"),
        _number("done"),
        _number("total"),
        _text("how"),
        _text("applied_by"),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "import_row",
        sa.Column("run_id", sa.Text, sa.ForeignKey("import_run.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("turn", sa.Integer),
        _number("applied"),
        _text("place"),
        _number("line"),
        sa.Column("head", sa.Integer),
        _text("entry_id"),
        _text("title"),
        sa.Column("revision", sa.Integer),
        _text("outcome"),
        _text("problems"),
        _text("duplicates"),
        _text("cells"),
        sa.Column("proposed", sa.Text),
    )
    op.create_index("ix_import_row_turn", "import_row", ["run_id", "applied", "turn"])
    op.create_index("ix_import_row_outcome", "import_row", ["run_id", "outcome", "number"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)
