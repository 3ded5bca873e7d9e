"""Writing together: what people are still writing, and what they say about a revision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kb.tables import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "working_draft",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        _text("title"),
        _number("base_revision"),
        _number("base_version"),
        _text("state"),
        sa.Column("saved_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "revision_comment",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), nullable=False),
        _number("revision"),
        _number("thread"),
        _text("author"),
        sa.Column("at", UtcDateTime, nullable=False),
        _text("text"),
        _text("quote"),
        _text("field"),
        _text("resolved_by"),
        sa.Column("resolved_at", UtcDateTime),
    )
    op.create_index("ix_revision_comment_entry", "revision_comment", ["entry_id"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)
