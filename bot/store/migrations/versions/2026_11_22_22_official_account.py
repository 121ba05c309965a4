"""The first tables: people of 公众号 and 小程序, and messages to many followers.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, UTCDateTime

revision = "2026_11_22_22"
down_revision = "2026_11_22_21"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "mini_program_users",
        sa.Column("open_id", sa.String(), nullable=False),
        sa.Column("union_id", sa.String(), nullable=True),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("lost_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("open_id", name=op.f("pk_mini_program_users")),
    )
    op.create_index("ix_mini_program_users_lead", "mini_program_users", ["lead_id"])
    op.create_index("ix_mini_program_users_union", "mini_program_users", ["union_id"])
    op.create_table(
        "unclaimed_permissions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("open_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unclaimed_permissions")),
    )
    op.create_index(
        "ix_unclaimed_permissions_who", "unclaimed_permissions", ["channel", "account", "open_id"]
    )
    op.create_index("ix_unclaimed_permissions_at", "unclaimed_permissions", ["at"])
    op.create_table(
        "union_id_lookups",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("open_id", sa.String(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "open_id", name=op.f("pk_union_id_lookups")),
    )
    op.create_index("ix_union_id_lookups_due", "union_id_lookups", ["due_at"])
    op.create_table(
        "mass_sends",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("touches", Json(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("account", "message_id", name=op.f("pk_mass_sends")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("mass_sends")
    op.drop_table("union_id_lookups")
    op.drop_table("unclaimed_permissions")
    op.drop_table("mini_program_users")
