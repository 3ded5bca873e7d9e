"""First schema: entries, revisions, reports, audit and change feed; accounts; insights.

The tables of accounts and insights are used by the assistant package, which declares them in
its store modules; their DDL is here because there is one database with one history.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kb.tables import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _knowledge()
    _records()
    _accounts()
    _insights()
    if op.get_bind().dialect.name == "postgresql":
        _postgresql_guards()
    else:
        _sqlite_guards()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _knowledge() -> None:
    op.create_table("kb_meta", sa.Column("key", sa.Text, primary_key=True), _text("value"))
    op.create_table(
        "entry",
        sa.Column("id", sa.Text, primary_key=True),
        _text("kind"),
        _text("owner"),
        _text("reviewer"),
        sa.Column("review_every", sa.Integer, nullable=False),
        sa.Column("reviewed_at", UtcDateTime),
        _text("reviewed_by"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "revision",
        sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        _text("short_code"),
        _text("content"),
        _text("content_hash"),
        _text("status"),
        _text("author"),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("submitted_at", UtcDateTime),
        _text("approved_by"),
        sa.Column("approved_at", UtcDateTime),
        sa.Column("published_at", UtcDateTime),
        sa.Column("withdrawn_at", UtcDateTime),
    )
    op.create_index("ix_revision_short_code", "revision", ["short_code"])
    op.create_table(
        "report",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        _text("sentence"),
        _text("note"),
        _text("actor"),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("resolved_at", UtcDateTime),
        _text("resolved_by"),
        _text("resolution"),
    )
    op.create_index("ix_report_entry", "report", ["entry_id"])
    op.create_table(
        "dismissal",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        _text("actor"),
        _text("note"),
    )


def _records() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime, nullable=False),
        _text("actor"),
        _text("action"),
        _text("entry_id"),
        sa.Column("revision", sa.Integer, nullable=False),
        _text("detail"),
        _text("previous"),
        _text("hash"),
    )
    op.create_index("ix_audit_entry", "audit", ["entry_id"])
    op.create_table(
        "change",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        _text("entry_id"),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def _accounts() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("login", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        _text("role"),
        _text("password_hash"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("disabled_at", sa.BigInteger),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        _text("name"),
        _text("role"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_table(
        "setup_link",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_table(
        "login_session",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Text, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_login_session_person", "login_session", ["person_id"])


def _insights() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        _text("actor"),
        _text("kind"),
        _text("entry_id"),
        sa.Column("revision", sa.Integer, nullable=False),
        _text("query"),
        _text("sent"),
        _text("note"),
    )
    op.create_index("ix_feedback_entry", "feedback", ["entry_id", "at"])
    op.create_table(
        "usage_count",
        sa.Column("entry_id", sa.Text, primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("uses", sa.Integer, nullable=False),
    )
    op.create_table(
        "gap",
        sa.Column("key", sa.Text, primary_key=True),
        _text("query"),
        _text("reason"),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_at", sa.BigInteger, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        _text("status"),
    )
    op.create_index("ix_gap_open", "gap", ["status", "count"])


# The database itself refuses to rewrite history, whoever asks.
_FIXED = ("entry_id", "number", "short_code", "content", "content_hash")


def _sqlite_guards() -> None:
    for event in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_no_{event.lower()} BEFORE {event} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        )
    op.execute(
        f"CREATE TRIGGER revision_fixed BEFORE UPDATE OF {', '.join(_FIXED)} ON revision "
        "BEGIN SELECT RAISE(ABORT, 'the content of a revision never changes'); END"
    )
    op.execute(
        "CREATE TRIGGER revision_kept BEFORE DELETE ON revision "
        "BEGIN SELECT RAISE(ABORT, 'revisions are never deleted'); END"
    )


def _postgresql_guards() -> None:
    for name, message in (
        ("audit_refuses", "the audit log is append-only"),
        ("revision_refuses", "the content of a revision never changes"),
    ):
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$"
        )
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()"
    )
    changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in _FIXED)
    op.execute(
        "CREATE TRIGGER revision_fixed BEFORE UPDATE ON revision "
        f"FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION revision_refuses()"
    )
    op.execute(
        "CREATE TRIGGER revision_kept BEFORE DELETE OR TRUNCATE ON revision "
        "FOR EACH STATEMENT EXECUTE FUNCTION revision_refuses()"
    )
