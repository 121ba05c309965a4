"""The first tables: what makes the program reliable.

Nothing can be running on them yet.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timezone

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, UTCDateTime

revision = "2026_11_22_1"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SERIES = ("lead", "task", "account", "opportunity")
#: «LBel»: another program's file is not taken for ours.
_APPLICATION_ID = 0x4C42656C


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("n", _NUMBER, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("detail", Json(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("n", name=op.f("uq_audit_n")),
    )
    op.create_index(
        "ix_audit_waiting",
        "audit",
        ["id"],
        unique=False,
        sqlite_where=sa.text("n IS NULL"),
        postgresql_where=sa.text("n IS NULL"),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", _NUMBER, nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "card_codes",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("card_key", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("used_by", _NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_codes")),
        sa.UniqueConstraint("card_key", "code", name=op.f("uq_card_codes_card_key_code")),
    )
    op.create_table(
        "cards",
        sa.Column("card_key", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("shows", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("views", Json(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("card_key", name=op.f("pk_cards")),
    )
    op.create_index("ix_cards_topic", "cards", ["topic", "user_id"], unique=False)
    op.create_table(
        "chats",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("bound_by", sa.String(), nullable=False),
        sa.Column("bound_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "chat", name=op.f("pk_chats")),
    )
    op.create_index("ix_chats_pool", "chats", ["pool_id"], unique=False)
    op.create_table(
        "counters",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_counters")),
    )
    op.create_table(
        "dialogues",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", Json(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_dialogues")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lane_key", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("lane_key", "platform", "key", name=op.f("uq_inbox_lane_key_platform_key")),
    )
    op.create_index(
        "ix_inbox_pending",
        "inbox",
        ["lane_key", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "incidents",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", "reason", name=op.f("pk_incidents")),
    )
    instance = op.create_table(
        "instance",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("key_check", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_table(
        "lanes",
        sa.Column("lane_key", sa.String(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("epoch", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("lane_key", name=op.f("pk_lanes")),
    )
    op.create_index(
        "ix_lanes_due",
        "lanes",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "leases",
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("term", _NUMBER, nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_leases")),
    )
    op.create_table(
        "numbers",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("n", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_numbers")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lane_key", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("card_key", sa.String(), nullable=True),
        sa.Column("line", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("wire", sa.String(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("first_tried_at", UTCDateTime(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=True),
        sa.Column("result", Json(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("lane_key", "key", name=op.f("uq_outbox_lane_key_key")),
    )
    op.create_index("ix_outbox_card", "outbox", ["card_key"], unique=False)
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["lane_key", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'leased', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'leased', 'sending')"),
    )
    op.create_index("ix_outbox_topic", "outbox", ["topic"], unique=False)
    op.create_table(
        "quotas",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sent", Json(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_quotas")),
    )
    op.create_table(
        "monthly",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "what", "month", name=op.f("pk_monthly")),
    )
    op.create_table(
        "ticks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", "at", name=op.f("pk_ticks")),
    )
    op.create_table(
        "timers",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lane_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sa.UniqueConstraint("lane_key", "kind", "key", name=op.f("uq_timers_lane_key_kind_key")),
    )
    op.create_index(
        "ix_timers_waiting",
        "timers",
        ["lane_key", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )

    if op.get_bind().dialect.name == "postgresql":
        for name in _SERIES:
            op.execute(sa.text(f"CREATE SEQUENCE {name}_numbers"))
    else:
        op.execute(sa.text(f"PRAGMA application_id = {_APPLICATION_ID}"))
    row = {"id": secrets.token_hex(16), "created_at": datetime.now(timezone.utc)}
    op.bulk_insert(instance, [row])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in _SERIES:
            op.execute(sa.text(f"DROP SEQUENCE {name}_numbers"))
    for name in (
        "audit",
        "audit_head",
        "card_codes",
        "cards",
        "chats",
        "counters",
        "dialogues",
        "inbox",
        "incidents",
        "instance",
        "lanes",
        "leases",
        "numbers",
        "outbox",
        "monthly",
        "quotas",
        "ticks",
        "timers",
    ):
        op.drop_table(name)
