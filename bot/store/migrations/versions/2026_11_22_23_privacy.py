"""The first tables: privacy; and the trigger that tells journeys what became of their messages.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import Json, UTCDateTime

revision = "2026_11_22_23"
down_revision = "2026_11_22_22"
branch_labels = None
depends_on = None


_NAME = "journeys_touch_plans_ended_update"
_WHEN = (
    "NEW.state <> OLD.state AND NEW.key LIKE 'journey:%'"
    " AND NEW.state IN ('sent', 'failed', 'skipped', 'unknown', 'declined', 'expired')"
)
_MARK = (
    "INSERT INTO journey_marks (of_lead, kind, ref, source, object, before, after, at)"
    " SELECT NEW.lead_id, 'touched', 'any', NEW.key, NULL, OLD.state, NEW.state, NEW.ended_at"
    " WHERE EXISTS (SELECT 1 FROM journey_wants w WHERE w.kind = 'touched' AND w.ref IN ('any'));"
)
_SQLITE = (f"CREATE TRIGGER {_NAME} AFTER UPDATE OF state ON touch_plans WHEN {_WHEN} BEGIN {_MARK} END",)
_MADE = f"CREATE FUNCTION {_NAME}() RETURNS trigger LANGUAGE plpgsql"
_HEAD = f"CREATE TRIGGER {_NAME} AFTER UPDATE OF state ON touch_plans FOR EACH ROW"
_POSTGRES = (
    f"{_MADE} AS $$ BEGIN {_MARK} RETURN NULL; END $$",
    f"{_HEAD} WHEN ({_WHEN}) EXECUTE FUNCTION {_NAME}()",
)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "erasures",
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("family", Json(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("reached", Json(), nullable=False),
        sa.Column("traces", sa.LargeBinary(), nullable=True),
        sa.Column("mentions", sa.Integer(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_erasures")),
    )
    op.create_index("ix_erasures_state", "erasures", ["state"])
    for statement in _SQLITE if _is_sqlite() else _POSTGRES:
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take them back."""
    op.execute(f"DROP TRIGGER {_NAME}" if _is_sqlite() else f"DROP TRIGGER {_NAME} ON touch_plans")
    if not _is_sqlite():
        op.execute(f"DROP FUNCTION {_NAME}()")
    op.drop_table("erasures")
