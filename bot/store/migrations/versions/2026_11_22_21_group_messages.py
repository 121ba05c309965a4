"""The first tables: messages that colleagues are asked to send, and the desks of 微信客服.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "2026_11_22_21"
down_revision = "2026_11_22_20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "group_messages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("gathers", sa.String(), nullable=True),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", UTCDateTime(), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_messages")),
        sa.UniqueConstraint("gathers", name=op.f("uq_group_messages_gathers")),
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_group_messages_due", "group_messages", ["due_at"], unique=False,
        sqlite_where=due, postgresql_where=due,
    )  # fmt: skip
    op.create_index("ix_group_messages_provider", "group_messages", ["provider_id"], unique=False)
    op.create_index("ix_group_messages_user", "group_messages", ["user_id", "opened_at"], unique=False)
    op.create_table(
        "group_message_members",
        sa.Column("touch_id", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("joined_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("touch_id", name=op.f("pk_group_message_members")),
    )
    op.create_index(
        "ix_group_message_members_group", "group_message_members", ["group_id", "state"], unique=False
    )
    _service()


def _service() -> None:
    op.create_table(
        "service_accounts",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.Column("looked_at", UTCDateTime(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", name=op.f("pk_service_accounts")),
    )
    op.create_table(
        "service_sessions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("servicer", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("wanted_at", UTCDateTime(), nullable=True),
        sa.Column("spoke_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_sessions")),
        sa.UniqueConstraint(
            "platform", "account", "digest", name=op.f("uq_service_sessions_platform_account_digest")
        ),
    )
    op.create_index("ix_service_sessions_lead", "service_sessions", ["lead_id", "spoke_at"], unique=False)
    wanted = sa.text("wanted_at IS NOT NULL")
    op.create_index(
        "ix_service_sessions_wanted", "service_sessions", ["wanted_at"], unique=False,
        sqlite_where=wanted, postgresql_where=wanted,
    )  # fmt: skip


def downgrade() -> None:
    """Take them back."""
    for name in ("service_sessions", "service_accounts", "group_message_members", "group_messages"):
        op.drop_table(name)
