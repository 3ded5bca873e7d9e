"""Self-service: sites, visits with their messages, what customers leave, and what is to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kb.tables import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _sites()
    _visits()
    _handing_over()
    _help_centre()


def _sites() -> None:
    op.create_table(
        "site",
        sa.Column("id", sa.Text, primary_key=True),
        _text("name"),
        _text("origins"),
        _text("title"),
        _text("color"),
        _text("position"),
        _text("hours"),
        _text("webhook_url"),
        _number("identity_version"),
        sa.Column("disabled_at", UtcDateTime),
        _moment("created_at"),
    )
    op.create_table(
        "used_identity",
        sa.Column("site_id", sa.Text, sa.ForeignKey("site.id"), primary_key=True),
        sa.Column("digest", sa.Text, primary_key=True),
        _moment("expires_at"),
    )


def _visits() -> None:
    op.create_table(
        "visit",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("site_id", sa.Text, sa.ForeignKey("site.id"), nullable=False),
        _text("lang"),
        _text("mode"),
        _text("customer"),
        sa.Column("contact_id", sa.Text),
        _number("misses"),
        _text("rejected"),
        _moment("started_at"),
        _moment("last_at"),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_index("ix_visit_last", "visit", ["last_at"])
    op.create_index("ix_visit_contact", "visit", ["contact_id"])
    op.create_table(
        "visit_token",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("visit_id", sa.Text, sa.ForeignKey("visit.id"), nullable=False),
        _moment("expires_at"),
    )
    op.create_index("ix_visit_token_visit", "visit_token", ["visit_id"])
    op.create_index("ix_visit_token_expires", "visit_token", ["expires_at"])
    op.create_table(
        "visit_message",
        sa.Column("visit_id", sa.Text, sa.ForeignKey("visit.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        _text("role"),
        _text("kind"),
        _text("text"),
        _text("payload"),
        _moment("at"),
        sa.Column("external_id", sa.Text),
    )
    op.create_index(
        "ux_visit_message_external_id", "visit_message", ["visit_id", "external_id"], unique=True
    )


def _handing_over() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.Text, primary_key=True),
        _text("contact_id"),
        sa.Column("visit_id", sa.Text, sa.ForeignKey("visit.id"), nullable=False),
        _text("name"),
        _text("reach"),
        _text("text"),
        _moment("created_at"),
        sa.Column("done_at", UtcDateTime),
    )
    op.create_index("ix_ticket_contact", "ticket", ["contact_id"])
    op.create_index("ix_ticket_visit", "ticket", ["visit_id"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("site_id", sa.Text, sa.ForeignKey("site.id"), nullable=False),
        _text("kind"),
        _text("payload"),
        _number("attempts"),
        sa.Column("next_at", UtcDateTime),
        sa.Column("delivered_at", UtcDateTime),
        sa.Column("failed_at", UtcDateTime),
        _moment("created_at"),
    )
    op.create_index("ix_outbox_next", "outbox", ["next_at"])


def _help_centre() -> None:
    op.create_table(
        "helpful",
        sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        _number("yes"),
        _number("no"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime, nullable=False)
