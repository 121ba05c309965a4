"""The first tables."""

from __future__ import annotations

import secrets
from datetime import datetime, timezone

import sqlalchemy as sa
from alembic import op

from bot.store.tables import METADATA

revision = "2026_11_22_1"
down_revision = None
branch_labels = None
depends_on = None

_SERIES = ("lead", "task", "account", "opportunity")


def upgrade() -> None:
    connection = op.get_bind()
    METADATA.create_all(connection)
    if connection.dialect.name == "postgresql":
        for name in _SERIES:
            op.execute(sa.text(f"CREATE SEQUENCE {name}_numbers"))
    else:
        op.execute(sa.text(f"PRAGMA application_id = {0x4C42656C}"))
    connection.execute(
        METADATA.tables["instance"].insert(),
        {"id": secrets.token_hex(16), "created_at": datetime.now(timezone.utc)},
    )


def downgrade() -> None:
    METADATA.drop_all(op.get_bind())
