"""The first tables: touches, surveys, complaints.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "2026_11_22_13"
down_revision = "2026_11_22_12"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "touches",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("failed_at", UTCDateTime(), nullable=True),
        sa.Column("delivered_at", UTCDateTime(), nullable=True),
        sa.Column("bounced_at", UTCDateTime(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("clicked_at", UTCDateTime(), nullable=True),
        sa.Column("unsubscribed_at", UTCDateTime(), nullable=True),
        sa.Column("complained_at", UTCDateTime(), nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touches")),
    )
    op.create_index(
        "ix_touches_clicked", "touches", ["clicked_at"], unique=False,
        sqlite_where=sa.text("clicked_at IS NOT NULL"), postgresql_where=sa.text("clicked_at IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_touches_delivered", "touches", ["delivered_at"], unique=False)
    op.create_index(
        "ix_touches_failed", "touches", ["failed_at"], unique=False,
        sqlite_where=sa.text("failed_at IS NOT NULL"), postgresql_where=sa.text("failed_at IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_touches_lead", "touches", ["lead_id", "sent_at"], unique=False)
    op.create_index(
        "ix_touches_opened", "touches", ["opened_at"], unique=False,
        sqlite_where=sa.text("opened_at IS NOT NULL"), postgresql_where=sa.text("opened_at IS NOT NULL"),
    )  # fmt: skip
    op.create_index("ix_touches_sent", "touches", ["sent_at"], unique=False)
    op.create_index(
        "ix_touches_unsubscribed", "touches", ["unsubscribed_at"], unique=False,
        sqlite_where=sa.text("unsubscribed_at IS NOT NULL"),
        postgresql_where=sa.text("unsubscribed_at IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", UTCDateTime(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
    )
    op.create_index("ix_surveys_answered", "surveys", ["answered_at"], unique=False)
    op.create_index("ix_surveys_lead", "surveys", ["lead_id"], unique=False)
    op.create_table(
        "complaints",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
    )
    op.create_index("ix_complaints_lead", "complaints", ["lead_id"], unique=False)
    op.create_index("ix_complaints_opened", "complaints", ["opened_at"], unique=False)


def downgrade() -> None:
    """Take them away, with their indexes."""
    op.drop_table("complaints")
    op.drop_table("surveys")
    op.drop_table("touches")
