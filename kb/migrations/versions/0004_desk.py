"""The editor desk: rows of the freshness board that somebody put off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kb.tables import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snooze",
        sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("states", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
    )
