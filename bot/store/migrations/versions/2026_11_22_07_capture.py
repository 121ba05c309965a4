"""The first tables: other doors.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, UTCDateTime

revision = "2026_11_22_7"
down_revision = "2026_11_22_6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrivals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("submission_id", sa.String(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
    )
    op.create_index("ix_arrivals_key", "arrivals", ["door", "key"], unique=True)
    op.create_index("ix_arrivals_state", "arrivals", ["door", "state", "received_at"], unique=False)
    op.create_index("ix_arrivals_sender", "arrivals", ["sender", "received_at"], unique=False)
    op.create_index(
        "ix_arrivals_sealed",
        "arrivals",
        ["received_at"],
        unique=False,
        sqlite_where=sa.text("body IS NOT NULL"),
        postgresql_where=sa.text("body IS NOT NULL"),
    )
    op.create_table(
        "mailbox_positions",
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", UTCDateTime(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mailbox_positions")),
    )
    op.create_table(
        "standing_ways",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("user_ids", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("config_id", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_standing_ways")),
    )
    op.create_index("ix_standing_ways_name", "standing_ways", ["platform", "name", "kind"], unique=True)
    op.create_table(
        "followers",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("open_id", sa.String(), nullable=False),
        sa.Column("union_id", sa.String(), nullable=True),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("followed_at", UTCDateTime(), nullable=True),
        sa.Column("left_at", UTCDateTime(), nullable=True),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account", "open_id", name=op.f("pk_followers")),
    )
    op.create_index("ix_followers_lead", "followers", ["lead_id"], unique=False)
    op.create_index("ix_followers_union", "followers", ["union_id"], unique=False)


def downgrade() -> None:
    op.drop_table("followers")
    op.drop_table("standing_ways")
    op.drop_table("mailbox_positions")
    op.drop_table("arrivals")
