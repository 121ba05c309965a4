"""A message keeps where it went, by hash: what comes back closes that address and no other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_26"
down_revision = "2026_11_22_25"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of what went before nobody knows it."""
    op.add_column("touch_texts", sa.Column("key_kind", sa.String(), nullable=True))
    op.add_column("touch_texts", sa.Column("key_digest", sa.String(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("touch_texts", "key_digest")
    op.drop_column("touch_texts", "key_kind")
