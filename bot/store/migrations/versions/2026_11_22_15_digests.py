"""The first tables: digests.

Nothing can be running on them yet.
"""

from __future__ import annotations

revision = "2026_11_22_15"
down_revision = "2026_11_22_14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
