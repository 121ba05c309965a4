"""The first tables: what results of journeys are read from.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "2026_11_22_20"
down_revision = "2026_11_22_19"
branch_labels = None
depends_on = None

_OF_JOURNEY = "journey != ''"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "touch_costs",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("touch_id", "channel", "campaign")),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("touch_id", name=op.f("pk_touch_costs")),
    )
    op.create_table(
        "touch_spending",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("channel", "campaign")),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "campaign", "on", name=op.f("pk_touch_spending")),
    )
    op.create_table(
        "journey_goals",
        sa.Column("enrollment_id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_journey_goals")),
    )
    op.create_table(
        "journey_step_sums",
        sa.Column("journey", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("place", "outcome")),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "journey", "version", "place", "outcome", "on", "region", name=op.f("pk_journey_step_sums")
        ),
    )
    whose = sa.text(_OF_JOURNEY)
    op.create_index(
        "ix_touch_plans_journey", "touch_plans", ["journey"],
        unique=False, sqlite_where=whose, postgresql_where=whose,
    )  # fmt: skip


def downgrade() -> None:
    """Take them back."""
    op.drop_index("ix_touch_plans_journey", "touch_plans")
    for name in ("journey_step_sums", "journey_goals", "touch_spending", "touch_costs"):
        op.drop_table(name)
