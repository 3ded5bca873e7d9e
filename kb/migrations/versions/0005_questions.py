"""Saved questions, and runs of many questions with what they found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kb.tables import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_question",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("imported", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("as_of", UtcDateTime),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("expects", sa.Text, nullable=False),
        sa.Column("must_hit", sa.Integer, nullable=False),
        sa.Column("deleted", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("updated_by", sa.Text, nullable=False),
    )
    op.create_table(
        "hit_run",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("generation", sa.Text, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("judged", sa.Integer, nullable=False),
        sa.Column("hit1", sa.Integer, nullable=False),
        sa.Column("hit3", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("mrr", sa.Float, nullable=False),
    )
    op.create_index("ix_hit_run_at", "hit_run", ["at"])
    op.create_table(
        "hit_row",
        sa.Column("run_id", sa.Text, sa.ForeignKey("hit_run.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("as_of", UtcDateTime),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("expects", sa.Text, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("any_answers", sa.Float, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("top", sa.Text, nullable=False),
    )
