"""Contacts with their messages, who has read what, and the event feed; canned replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kb.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _contacts()
    _events()
    _canned_replies()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _contacts() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("external_id", sa.Text),
        _text("channel"),
        _text("status"),
        _text("customer"),
        _text("slots"),
        sa.Column("as_of", sa.Text),
        sa.Column("assigned_to", sa.Text),
        _text("skill_group"),
        _text("outcome"),
        _text("risk"),
        _text("created_by"),
        _number("version"),
        _number("message_count"),
        _number("customer_count"),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("last_message_at", UtcDateTime),
        sa.Column("waiting_since", UtcDateTime),
        sa.Column("closed_at", UtcDateTime),
    )
    op.create_index("ux_contact_external_id", "contact", ["external_id"], unique=True)
    op.create_index("ix_contact_activity", "contact", ["status", "updated_at"])
    op.create_table(
        "contact_message",
        sa.Column("contact_id", sa.Text, sa.ForeignKey("contact.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        _text("role"),
        _text("text"),
        _text("author"),
        sa.Column("external_id", sa.Text),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index(
        "ux_contact_message_external_id",
        "contact_message",
        ["contact_id", "external_id"],
        unique=True,
    )
    op.create_table(
        "contact_read",
        sa.Column("contact_id", sa.Text, sa.ForeignKey("contact.id"), primary_key=True),
        sa.Column("reader", sa.Text, primary_key=True),
        _number("seen"),
    )


def _events() -> None:
    op.create_table(
        "event",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime, nullable=False),
        _text("kind"),
        _text("contact_id"),
        _number("number"),
        sa.Column("moved_from", sa.Text),
        _text("detail"),
    )
    op.create_index("ix_event_kind", "event", ["kind", "seq"])


def _canned_replies() -> None:
    op.create_table(
        "canned_reply",
        sa.Column("id", sa.Text, primary_key=True),
        _text("scope"),
        _text("owner"),
        _text("team"),
        _text("short_code"),
        _text("title"),
        _text("text"),
        _text("params"),
        _text("channels"),
        _text("rests_on"),
        sa.Column("expires_at", UtcDateTime),
        _number("version"),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        _text("updated_by"),
    )
    op.create_index("ix_canned_reply_owner", "canned_reply", ["scope", "owner"])
    op.create_index("ix_canned_reply_team", "canned_reply", ["scope", "team"])
    op.create_table(
        "canned_use",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("reply_id", sa.Text, primary_key=True),
        _number("uses"),
        sa.Column("last_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "team_member",
        sa.Column("team", sa.Text, primary_key=True),
        sa.Column("member", sa.Text, primary_key=True),
    )
    op.create_index("ix_team_member_member", "team_member", ["member"])
