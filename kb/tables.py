"""The knowledge base's tables. The migrations create them; a test holds the two equal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment to the microsecond: native in PostgreSQL, sortable ISO text in SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TIMESTAMP WITH TIME ZONE in PostgreSQL, TEXT elsewhere."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Refuse naive moments; give the rest in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment must carry a time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.isoformat(timespec="microseconds")

    def process_result_value(
        self, value: datetime | str | None, dialect: Dialect
    ) -> datetime | None:
        """The moment in UTC."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.astimezone(UTC)


metadata = sa.MetaData()

kb_meta = sa.Table(
    "kb_meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

entry = sa.Table(
    "entry",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("reviewer", sa.Text, nullable=False),
    sa.Column("review_every", sa.Integer, nullable=False),
    sa.Column("reviewed_at", UtcDateTime),
    sa.Column("reviewed_by", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

# `content` is the canonical JSON that the hash is taken of; the columns before it repeat what
# queries select by.
revision = sa.Table(
    "revision",
    metadata,
    sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("short_code", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("submitted_at", UtcDateTime),
    sa.Column("approved_by", sa.Text, nullable=False),
    sa.Column("approved_at", UtcDateTime),
    sa.Column("published_at", UtcDateTime),
    sa.Column("withdrawn_at", UtcDateTime),
    sa.Index("ix_revision_short_code", "short_code"),
)

report = sa.Table(
    "report",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("resolved_at", UtcDateTime),
    sa.Column("resolved_by", sa.Text, nullable=False),
    sa.Column("resolution", sa.Text, nullable=False),
    sa.Index("ix_report_entry", "entry_id"),
)

dismissal = sa.Table(
    "dismissal",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

# What somebody put off on the freshness board; `states` is a JSON list of those it was put off for.
snooze = sa.Table(
    "snooze",
    metadata,
    sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), primary_key=True),
    sa.Column("until", UtcDateTime, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("states", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
)

# What somebody is still writing, saved as they type; nobody else reads it. `state` is the form as
# the editor keeps it, in JSON of ASCII signs, and so is `title`: whatever was typed can be kept.
working_draft = sa.Table(
    "working_draft",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("base_revision", sa.Integer, nullable=False),
    sa.Column("base_version", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("saved_at", UtcDateTime, nullable=False),
)

# What people say about a revision to each other. `thread` is the comment that a reply belongs to,
# and its own id for one that begins a thread; only that one has a quote and is resolved.
revision_comment = sa.Table(
    "revision_comment",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("thread", sa.Integer, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("quote", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("resolved_by", sa.Text, nullable=False),
    sa.Column("resolved_at", UtcDateTime),
    sa.Index("ix_revision_comment_entry", "entry_id"),
)

# Numbered by the writer inside its transaction (writers are serialised), so that the numbers
# have no gaps and appear in the order of commits.
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Index("ix_audit_entry", "entry_id"),
)

change = sa.Table(
    "change",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

# Contacts with customers. What a customer typed is packed (see `assistant.contacts.packing`): any
# text at all comes back as it was, whichever database keeps it. `customer_count` counts the
# customer's messages of a contact, so that unread ones need no counting.
contact = sa.Table(
    "contact",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("external_id", sa.Text),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("customer", sa.Text, nullable=False),
    sa.Column("slots", sa.Text, nullable=False),
    sa.Column("as_of", sa.Text),
    sa.Column("assigned_to", sa.Text),
    sa.Column("skill_group", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("risk", sa.Text, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("message_count", sa.Integer, nullable=False),
    sa.Column("customer_count", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("last_message_at", UtcDateTime),
    sa.Column("waiting_since", UtcDateTime),
    sa.Column("closed_at", UtcDateTime),
    sa.Index("ux_contact_external_id", "external_id", unique=True),
    sa.Index("ix_contact_activity", "status", "updated_at"),
)

contact_message = sa.Table(
    "contact_message",
    metadata,
    sa.Column("contact_id", sa.Text, sa.ForeignKey("contact.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ux_contact_message_external_id", "contact_id", "external_id", unique=True),
)

# How many of the customer's messages somebody has seen.
contact_read = sa.Table(
    "contact_read",
    metadata,
    sa.Column("contact_id", sa.Text, sa.ForeignKey("contact.id"), primary_key=True),
    sa.Column("reader", sa.Text, primary_key=True),
    sa.Column("seen", sa.Integer, nullable=False),
)

# What open consoles are told, numbered like the audit log: in the order of commits, without gaps.
# It names what changed and repeats no text. `moved_from` is who had the contact before, empty for
# nobody, null when that did not change.
event = sa.Table(
    "event",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("contact_id", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("moved_from", sa.Text),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("ix_event_kind", "kind", "seq"),
)

# Canned replies of people and teams; the company's are entries. `params`, `channels` and
# `rests_on` are JSON lists.
canned_reply = sa.Table(
    "canned_reply",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("team", sa.Text, nullable=False),
    sa.Column("short_code", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("params", sa.Text, nullable=False),
    sa.Column("channels", sa.Text, nullable=False),
    sa.Column("rests_on", sa.Text, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("updated_by", sa.Text, nullable=False),
    sa.Index("ix_canned_reply_owner", "scope", "owner"),
    sa.Index("ix_canned_reply_team", "scope", "team"),
)

# Uses of a canned reply, a company's included; the row of nobody ("") counts everybody's.
canned_use = sa.Table(
    "canned_use",
    metadata,
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("reply_id", sa.Text, primary_key=True),
    sa.Column("uses", sa.Integer, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
)

team_member = sa.Table(
    "team_member",
    metadata,
    sa.Column("team", sa.Text, primary_key=True),
    sa.Column("member", sa.Text, primary_key=True),
    sa.Index("ix_team_member_member", "member"),
)

# Imports: a file that was read once, its rows as planned, and how far they are carried out. JSON
# is in ASCII, so that whatever a file holds can be kept. `turn` orders the work: the rows of one
# entry share it and are carried out together; null for rows that nothing is to be done about.
import_run = sa.Table(
    "import_run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("trusted", sa.Integer, nullable=False),
    sa.Column("options", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("heads", sa.Text, nullable=False),
    sa.Column("notes", sa.Text, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("how", sa.Text, nullable=False),
    sa.Column("applied_by", sa.Text, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

import_row = sa.Table(
    "import_row",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey("import_run.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("turn", sa.Integer),
    sa.Column("applied", sa.Integer, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("head", sa.Integer),
    sa.Column("entry_id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("problems", sa.Text, nullable=False),
    sa.Column("duplicates", sa.Text, nullable=False),
    sa.Column("cells", sa.Text, nullable=False),
    sa.Column("proposed", sa.Text),
    sa.Index("ix_import_row_turn", "run_id", "applied", "turn"),
    sa.Index("ix_import_row_outcome", "run_id", "outcome", "number"),
)

# Self-service. A site embeds the widget; `origins` is a JSON list, an empty one admits nobody.
# `identity_version` grows when its secret is changed; the secret itself is kept nowhere.
site = sa.Table(
    "site",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("origins", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("color", sa.Text, nullable=False),
    sa.Column("position", sa.Text, nullable=False),
    sa.Column("hours", sa.Text, nullable=False),
    sa.Column("webhook_url", sa.Text, nullable=False),
    sa.Column("identity_version", sa.Integer, nullable=False),
    sa.Column("disabled_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

# Identities of customers are accepted once; remembered, as digests, until they expire.
used_identity = sa.Table(
    "used_identity",
    metadata,
    sa.Column("site_id", sa.Text, sa.ForeignKey("site.id"), primary_key=True),
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

# One anonymous session and its conversation. `customer` is packed and masked, and empty unless the
# site has vouched for them; `rejected` is a JSON list of entries. `contact_id` names no row that
# must exist: contacts are forgotten on their own.
visit = sa.Table(
    "visit",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("site_id", sa.Text, sa.ForeignKey("site.id"), nullable=False),
    sa.Column("lang", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("customer", sa.Text, nullable=False),
    sa.Column("contact_id", sa.Text),
    sa.Column("misses", sa.Integer, nullable=False),
    sa.Column("rejected", sa.Text, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Index("ix_visit_last", "last_at"),
    sa.Index("ix_visit_contact", "contact_id"),
)

visit_token = sa.Table(
    "visit_token",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("visit_id", sa.Text, sa.ForeignKey("visit.id"), nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Index("ix_visit_token_visit", "visit_id"),
    sa.Index("ix_visit_token_expires", "expires_at"),
)

# `text` and `payload` are masked and packed (see `assistant.contacts.packing`).
visit_message = sa.Table(
    "visit_message",
    metadata,
    sa.Column("visit_id", sa.Text, sa.ForeignKey("visit.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("external_id", sa.Text),
    sa.Index("ux_visit_message_external_id", "visit_id", "external_id", unique=True),
)

# What a customer leaves while nobody is there. `name` and `reach` (a number or an address) are
# what they gave, packed and not masked: they are shown only to who may see the contact.
ticket = sa.Table(
    "ticket",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("contact_id", sa.Text, nullable=False),
    sa.Column("visit_id", sa.Text, sa.ForeignKey("visit.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("reach", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("done_at", UtcDateTime),
    sa.Index("ix_ticket_contact", "contact_id"),
    sa.Index("ix_ticket_visit", "visit_id"),
)

# Deliveries to the webhooks of sites. `next_at` is null once there is nothing more to try.
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("site_id", sa.Text, sa.ForeignKey("site.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_at", UtcDateTime),
    sa.Column("delivered_at", UtcDateTime),
    sa.Column("failed_at", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index("ix_outbox_next", "next_at"),
)

# Readers of the help centre who found an article helpful, by day (ISO, in the site's zone).
helpful = sa.Table(
    "helpful",
    metadata,
    sa.Column("entry_id", sa.Text, sa.ForeignKey("entry.id"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("yes", sa.Integer, nullable=False),
    sa.Column("no", sa.Integer, nullable=False),
)
