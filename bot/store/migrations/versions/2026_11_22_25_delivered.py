"""What went by a way without receipts, and did not come back, was delivered.

Sums that are kept are marked by their triggers as the rows change.
"""

from __future__ import annotations

from alembic import op

revision = "2026_11_22_25"
down_revision = "2026_11_22_24"
branch_labels = None
depends_on = None

_DELIVERED = """
    UPDATE touches SET delivered_at = sent_at
    WHERE sent_at IS NOT NULL AND delivered_at IS NULL AND bounced_at IS NULL AND failed_at IS NULL
    AND id IN (
        SELECT id FROM touch_plans WHERE state = 'sent' AND way IN (
            'email.marketing', 'email.service', 'wecom.welcome', 'wecom.group_send',
            'wechat_service.message', 'wechat_official.message', 'mini_program.message'
        )
    )
"""


def upgrade() -> None:
    """Say so of what went before."""
    op.execute(_DELIVERED)


def downgrade() -> None:
    """Leave it: of no such row a receipt had said otherwise."""
