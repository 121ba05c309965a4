"""The first tables: tags, what sales said of leads, segments; and the triggers that mark what changed.

Nothing can be running on them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "2026_11_22_8"
down_revision = "2026_11_22_7"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: Table, what happened, only if; then the rows' lead and account.
_BY_LEAD = ("behaviours", "lead_tags")
_BY_ACCOUNT = ("orders", "opportunities")
_EVENTS = ("insert", "update", "delete")
#: Columns whose change is worth a mark; what is not listed is any.
_OF = {
    "behaviours": ("lead_id", "event", "object", "at"),
    "opportunities": ("won", "closed_at", "amount", "product", "lead_id", "account_id"),
}
_LIVE = "EXISTS (SELECT 1 FROM segment_states)"


def _marks(table: str, row: str) -> str:
    """The leads that a row is about, if any segment is kept at all."""
    if table == "leads":
        return f"SELECT {row}.id WHERE {_LIVE}"
    found = f"SELECT {row}.lead_id WHERE {row}.lead_id IS NOT NULL AND {_LIVE}"
    if table in _BY_ACCOUNT:
        found += (
            f" UNION ALL SELECT id FROM leads WHERE account_id = {row}.account_id"  # noqa: S608 - our own names
            f" AND account_id IS NOT NULL AND {_LIVE}"
        )
    return found


def _rows(event: str) -> tuple[str, ...]:
    return {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}[event]


def _when(table: str, event: str) -> str:
    of = f" OF {', '.join(_OF[table])}" if event == "update" and table in _OF else ""
    return f"AFTER {event.upper()}{of} ON {table}"


def _triggers() -> list[tuple[str, str, str]]:
    return [
        (f"segments_{table}_{event}", table, event)
        for table in ("leads", *_BY_LEAD, *_BY_ACCOUNT)
        for event in _EVENTS
    ]


def _statements(table: str, event: str) -> str:
    # A lead keeps its id, so one mark of the new row does.
    rows = ("NEW",) if table == "leads" and event == "update" else _rows(event)
    return " ".join(f"INSERT INTO segment_marks (lead_id) {_marks(table, row)};" for row in rows)


def _arm() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, event in _triggers():
        body = _statements(table, event)
        if is_sqlite:
            op.execute(f"CREATE TRIGGER {name} {_when(table, event)} BEGIN {body} END")
        else:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN {body} RETURN NULL; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} {_when(table, event)} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _disarm() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, _ in _triggers():
        op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON {table}")
        if not is_sqlite:
            op.execute(f"DROP FUNCTION {name}()")


def upgrade() -> None:
    op.create_table(
        "lead_tags",
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("lead_id", "tag", name=op.f("pk_lead_tags")),
    )
    op.create_index("ix_lead_tags_tag", "lead_tags", ["tag", "lead_id"], unique=False)
    op.create_table(
        "sales_verdicts",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_verdicts")),
    )
    op.create_index("ix_sales_verdicts_at", "sales_verdicts", ["accepted", "at"], unique=False)
    op.create_index("ix_sales_verdicts_lead", "sales_verdicts", ["lead_id", "at"], unique=False)
    op.create_table(
        "segment_changes",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_changes")),
    )
    op.create_index("ix_segment_changes_lead", "segment_changes", ["lead_id", "at"], unique=False)
    op.create_index("ix_segment_changes_segment", "segment_changes", ["segment", "at"], unique=False)
    op.create_table(
        "segment_dues",
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_segment_dues")),
    )
    op.create_index("ix_segment_dues_due", "segment_dues", ["due_at"], unique=False)
    op.create_table(
        "segment_marks",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_marks")),
    )
    op.create_table(
        "segment_members",
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("segment", "lead_id", name=op.f("pk_segment_members")),
    )
    op.create_index("ix_segment_members_lead", "segment_members", ["lead_id"], unique=False)
    op.create_table(
        "segment_states",
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("built_to", sa.String(), nullable=True),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("segment", name=op.f("pk_segment_states")),
    )
    op.create_table(
        "tag_changes",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("lead_id", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_changes")),
    )
    op.create_index("ix_tag_changes_lead", "tag_changes", ["lead_id", "at"], unique=False)
    _arm()


def downgrade() -> None:
    _disarm()
    for table in (
        "tag_changes",
        "segment_states",
        "segment_members",
        "segment_marks",
        "segment_dues",
        "segment_changes",
        "sales_verdicts",
        "lead_tags",
    ):
        op.drop_table(table)
