"""The first tables: changes of the configuration.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, UTCDateTime

revision = "2026_11_22_11"
down_revision = "2026_11_22_10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "setting_changes",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("told_before", sa.String(), nullable=False),
        sa.Column("told_after", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("place", Json(), nullable=False),
        sa.Column("before", Json(), nullable=True),
        sa.Column("after", Json(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("applied_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_changes")),
    )
    op.create_index("ix_setting_changes_state", "setting_changes", ["state", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_setting_changes_state", table_name="setting_changes")
    op.drop_table("setting_changes")
