"""The first tables: messages to customers, and what permits them.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, UTCDateTime

revision = "2026_11_22_18"
down_revision = "2026_11_22_17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "touch_plans",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("journey", sa.String(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("skipped", Json(), nullable=False),
        sa.Column("wanted", Json(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("counts_on", sa.Integer(), nullable=True),
        sa.Column("window_id", sa.String(), nullable=True),
        sa.Column("grant_id", sa.String(), nullable=True),
        sa.Column("task_id", sa.String(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("not_after", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch_plans")),
        sa.UniqueConstraint("key", name=op.f("uq_touch_plans_key")),
    )
    op.create_index("ix_touch_plans_lead", "touch_plans", ["lead_id", "decided_at"], unique=False)
    open_ = sa.text("state IN ('planned', 'leased', 'sending')")
    op.create_index(
        "ix_touch_plans_open", "touch_plans", ["due_at"], unique=False,
        sqlite_where=open_, postgresql_where=open_,
    )  # fmt: skip
    op.create_table(
        "touch_policies",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", Json(), nullable=False),
        sa.Column("first_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_touch_policies")),
    )
    op.create_table(
        "touch_windows",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch_windows")),
    )
    op.create_index("ix_touch_windows_lead", "touch_windows", ["lead_id", "way"], unique=False)
    op.create_table(
        "touch_grants",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("granted_at", UTCDateTime(), nullable=False),
        sa.Column("consumed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch_grants")),
    )
    op.create_index("ix_touch_grants_lead", "touch_grants", ["lead_id", "way"], unique=False)
    op.create_table(
        "touch_suppressions",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "digest", "channel", name=op.f("pk_touch_suppressions")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("touch_suppressions")
    op.drop_table("touch_grants")
    op.drop_table("touch_windows")
    op.drop_table("touch_policies")
    op.drop_table("touch_plans")
