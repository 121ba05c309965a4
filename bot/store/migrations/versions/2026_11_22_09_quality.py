"""The first tables: merging and its undoing, likely duplicates, collisions.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, UTCDateTime

revision = "2026_11_22_9"
down_revision = "2026_11_22_8"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kept", sa.String(), nullable=False),
        sa.Column("gone", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("prefers", sa.String(), nullable=False),
        sa.Column("conflicts", Json(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("undo_until", UTCDateTime(), nullable=False),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_kept", "merges", ["kept"], unique=False)
    op.create_index("ix_merges_gone", "merges", ["gone"], unique=False)
    op.create_index(
        "ix_merges_open",
        "merges",
        ["undo_until"],
        unique=False,
        sqlite_where=sa.text("body IS NOT NULL"),
        postgresql_where=sa.text("body IS NOT NULL"),
    )
    op.create_table(
        "lookalikes",
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.Column("likeness", sa.Integer(), nullable=False),
        sa.Column("evidence", Json(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("first", "second", name=op.f("pk_lookalikes")),
    )
    op.create_index("ix_lookalikes_second", "lookalikes", ["second"], unique=False)
    op.create_index("ix_lookalikes_open", "lookalikes", ["state", "at"], unique=False)
    op.create_table(
        "lead_hints",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "digest", "lead_id", name=op.f("pk_lead_hints")),
    )
    op.create_index("ix_lead_hints_lead", "lead_hints", ["lead_id"], unique=False)
    op.create_table(
        "uncompared",
        sa.Column("lane", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "id", name=op.f("pk_uncompared")),
    )
    op.create_table(
        "page_visits",
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("link", name=op.f("pk_page_visits")),
    )
    op.create_table(
        "collisions",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("matched", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collisions")),
    )
    op.create_index("ix_collisions_lead", "collisions", ["lead_id", "at"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("CREATE SEQUENCE merge_numbers"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("DROP SEQUENCE merge_numbers"))
    for table in ("collisions", "page_visits", "uncompared", "lead_hints", "lookalikes", "merges"):
        op.drop_table(table)
