"""The first tables: turns, terms, protection.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, UTCDateTime

revision = "2026_11_22_10"
down_revision = "2026_11_22_9"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "assignment_decisions",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("pool_id", sa.String(), nullable=False),
        sa.Column("chosen", sa.String(), nullable=True),
        sa.Column("sticky_key", sa.String(), nullable=False),
        sa.Column("inputs", Json(), nullable=False),
        sa.Column("candidates", Json(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_decisions")),
    )
    op.create_index("ix_assignment_decisions_lead", "assignment_decisions", ["lead_id", "id"], unique=False)
    op.create_index(
        "ix_assignment_decisions_sticky", "assignment_decisions", ["sticky_key", "id"], unique=False
    )
    op.create_table(
        "reveal_taps",
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("lead_id", "epoch", "user_id", name=op.f("pk_reveal_taps")),
    )
    op.create_table(
        "leaves",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("from_at", UTCDateTime(), nullable=False),
        sa.Column("to_at", UTCDateTime(), nullable=False),
        sa.Column("cover_id", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
    )
    op.create_index("ix_leaves_user", "leaves", ["user_id", "state"], unique=False)
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("from_user", sa.String(), nullable=True),
        sa.Column("to_user", sa.String(), nullable=False),
        sa.Column("waiting", Json(), nullable=False),
        sa.Column("is_all", sa.Boolean(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("deals", sa.Integer(), nullable=False),
        sa.Column("tasks", sa.Integer(), nullable=False),
        sa.Column("skipped", Json(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    op.create_table(
        "lead_locks",
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_lead_locks")),
    )
    op.create_table(
        "follow_up_checks",
        sa.Column("follow_up_id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("follow_up_id", name=op.f("pk_follow_up_checks")),
    )
    op.create_index(
        "ix_follow_up_checks_lead", "follow_up_checks", ["lead_id", "verdict", "at"], unique=False
    )


def downgrade() -> None:
    """Take them away."""
    for table in (
        "follow_up_checks",
        "lead_locks",
        "hand_overs",
        "leaves",
        "reveal_taps",
        "assignment_decisions",
    ):
        op.drop_table(table)
