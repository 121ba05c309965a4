"""The first tables: content.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "2026_11_22_19"
down_revision = "2026_11_22_18"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "content_links",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("first_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_links")),
    )
    op.create_table(
        "touch_texts",
        sa.Column("touch_id", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("billed", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("touch_id", name=op.f("pk_touch_texts")),
    )
    op.create_table(
        "touch_events",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("touch_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touch_events")),
    )
    op.create_index("ix_touch_events_touch", "touch_events", ["touch_id", "at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("touch_events")
    op.drop_table("touch_texts")
    op.drop_table("content_links")
