"""The first tables: what was learned from outcomes.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, UTCDateTime

revision = "2026_11_22_12"
down_revision = "2026_11_22_11"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scorecards",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("won", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("auc", sa.Integer(), nullable=True),
        sa.Column("body", Json(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecards")),
    )
    op.create_index("ix_scorecards_at", "scorecards", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_scorecards_at", table_name="scorecards")
    op.drop_table("scorecards")
