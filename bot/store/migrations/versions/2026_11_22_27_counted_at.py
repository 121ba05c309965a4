"""When entries were counted last: an hour that a clock running ahead has filled is no queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "2026_11_22_27"
down_revision = "2026_11_22_26"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what was counted before nobody knows it."""
    op.add_column("journey_states", sa.Column("counted_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("journey_states", "counted_at")
