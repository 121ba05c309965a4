"""The first tables: what people did on our pages, and where they came from.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, UTCDateTime

revision = "2026_11_22_6"
down_revision = "2026_11_22_5"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "behaviours",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("visitor", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("properties", Json(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("uncounted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_behaviours")),
        sa.UniqueConstraint("message_id", name=op.f("uq_behaviours_message_id")),
    )
    op.create_index("ix_behaviours_lead", "behaviours", ["lead_id", "at"], unique=False)
    op.create_index("ix_behaviours_visitor", "behaviours", ["visitor"], unique=False)
    op.create_index("ix_behaviours_event", "behaviours", ["event", "at"], unique=False)
    op.create_index(
        "ix_behaviours_uncounted",
        "behaviours",
        ["lead_id", "id"],
        unique=False,
        sqlite_where=sa.text("uncounted IS 1"),
        postgresql_where=sa.text("uncounted IS true"),
    )
    op.create_table(
        "visitors",
        sa.Column("visitor", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("same_as", sa.String(), nullable=True),
        sa.Column("joined_at", UTCDateTime(), nullable=True),
        sa.Column("first_seen", UTCDateTime(), nullable=False),
        sa.Column("last_seen", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("visitor", name=op.f("pk_visitors")),
    )
    op.create_index("ix_visitors_lead", "visitors", ["lead_id"], unique=False)
    op.create_index("ix_visitors_same", "visitors", ["same_as"], unique=False)
    op.create_table(
        "touch_points",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("visitor", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("medium", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("referrer", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("click_id", Json(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch_points")),
    )
    op.create_index("ix_touch_points_lead", "touch_points", ["lead_id", "at"], unique=False)
    op.create_index("ix_touch_points_visitor", "touch_points", ["visitor"], unique=False)
    op.create_index("ix_touch_points_at", "touch_points", ["at"], unique=False)
    op.create_table(
        "form_views",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("visitor", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_views")),
    )
    op.create_index("ix_form_views_at", "form_views", ["at"], unique=False)
    op.create_table(
        "webhook_messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_messages")),
    )
    op.create_index("ix_webhook_messages_lead", "webhook_messages", ["lead_id"], unique=False)
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint(
            "message_id", "endpoint", "round", name=op.f("uq_webhook_deliveries_message_id_endpoint_round")
        ),
    )
    op.create_index(
        "ix_webhook_deliveries_open",
        "webhook_deliveries",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )
    op.create_table(
        "webhook_attempts",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("delivery_id", _NUMBER, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
    )
    op.create_index("ix_webhook_attempts_delivery", "webhook_attempts", ["delivery_id"], unique=False)
    op.create_table(
        "webhook_endpoints",
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("url_digest", sa.String(), nullable=False),
        sa.Column("disabled_at", UTCDateTime(), nullable=True),
        sa.Column("slow_until", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("endpoint", name=op.f("pk_webhook_endpoints")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", Json(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_table(
        "api_requests",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_api_requests")),
    )


def downgrade() -> None:
    """Take them away."""
    for name in (
        "api_requests",
        "api_keys",
        "webhook_endpoints",
        "webhook_attempts",
        "webhook_deliveries",
        "webhook_messages",
        "form_views",
    ):
        op.drop_table(name)
    op.drop_table("touch_points")
    op.drop_table("visitors")
    op.drop_table("behaviours")
