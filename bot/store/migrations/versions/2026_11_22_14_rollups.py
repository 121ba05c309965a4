"""The first tables: sums kept beside the facts; and the triggers that mark what changed.

Nothing can be running on them yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "2026_11_22_14"
down_revision = "2026_11_22_13"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DIMS, _SUMS = 4, 10
_EVENTS = ("insert", "update", "delete")


class _Reach(NamedTuple):
    """From a changed row, `{row}`, to the moment of a fact that a book counts."""

    mark: str
    at: str
    tables: str = ""
    where: str = ""
    #: A local day, without a time.
    is_date: bool = False


class _Watch(NamedTuple):
    """Columns of a table whose change may change numbers, and where it is felt."""

    table: str
    name: str
    columns: tuple[str, ...]
    reaches: tuple[_Reach, ...]
    events: tuple[str, ...] = _EVENTS


#: A lead and the one that it was merged into.
_ROOT = "leads one, leads root"
_IS_ROOT = "one.id = {lead} AND (root.id = one.id OR root.id = one.merged_into)"
#: Facts that hang on a lead, or on one that was merged into it.
_HANGS = (
    "({fact}.lead_id = {{row}}.id OR {fact}.lead_id IN (SELECT id FROM leads WHERE merged_into = {{row}}.id))"
)
_LEAD_MOMENTS = {
    "created": "created_at",
    "mql": "marketing_qualified_at",
    "sql": "sales_qualified_at",
    "added": "wechat_added_at",
}
_TOUCH_MOMENTS = ("sent_at", "failed_at", "delivered_at", "opened_at", "clicked_at", "unsubscribed_at")
_DIMS_OF_LEAD = ("source", "campaign", "industry")
_WHOSE = ("owner_id", "team", "region")


def _own(mark: str, at: str, *, is_date: bool = False) -> _Reach:
    return _Reach(mark, f"{{row}}.{at}", is_date=is_date)


def _of_lead(mark: str, table: str, at: str) -> _Reach:
    return _Reach(mark, f"fact.{at}", f"{table} fact", _HANGS.format(fact="fact"))


def _root(lead: str) -> _Reach:
    return _Reach("cohort", "root.created_at", _ROOT, _IS_ROOT.format(lead=lead))


def _root_of_deal() -> _Reach:
    where = f"deal.id = {{row}}.opportunity_id AND {_IS_ROOT.format(lead='deal.lead_id')}"
    return _Reach("cohort", "root.created_at", f"opportunities deal, {_ROOT}", where)


_WATCHES = (
    _Watch(
        "leads",
        "moments",
        (*_LEAD_MOMENTS.values(), *_DIMS_OF_LEAD, "region", "status", "sales_rejected_at", "merged_into"),
        tuple(_own(mark, at) for mark, at in _LEAD_MOMENTS.items()),
    ),
    # What else is cut by what is known of a lead; nothing hangs on one that has just come.
    _Watch(
        "leads",
        "facts",
        (*_DIMS_OF_LEAD, "merged_into"),
        (
            _of_lead("asked", "submissions", "at"),
            _of_lead("followed", "follow_ups", "at"),
            _of_lead("due", "tasks", "due_at"),
            _of_lead("done", "tasks", "done_at"),
            *(_of_lead("touched", "touches", at) for at in _TOUCH_MOMENTS),
            _Reach("cohort", "root.created_at", "leads root", "root.id = {row}.merged_into"),
        ),
        events=("update", "delete"),
    ),
    _Watch(
        "tenures",
        "whose",
        ("lead_id", "epoch", *_WHOSE, "to_at"),
        tuple(
            _Reach(mark, f"lead.{at}", "leads lead", "lead.id = {row}.lead_id")
            for mark, at in _LEAD_MOMENTS.items()
        ),
    ),
    _Watch(
        "submissions",
        "own",
        ("lead_id", "source", "campaign", "kind", "at", *_WHOSE),
        (_own("asked", "at"),),
    ),
    _Watch("follow_ups", "own", ("lead_id", "at", "response_minutes", *_WHOSE), (_own("followed", "at"),)),
    _Watch(
        "tasks",
        "own",
        ("lead_id", "due_at", "done_at", "state", *_WHOSE),
        (_own("due", "due_at"), _own("done", "done_at")),
    ),
    _Watch(
        "opportunities",
        "own",
        (
            *("lead_id", "product", "stage", "amount", *_DIMS_OF_LEAD, "lost_reason", "won"),
            *("created_at", "closed_at", *(f"created_{one}" for one in _WHOSE)),
            *(f"closed_{one}" for one in _WHOSE),
        ),
        (
            _own("opened", "created_at"),
            _own("closed", "closed_at"),
            _root("{row}.lead_id"),
            _Reach("paid", 'paid."on"', "payments paid", "paid.opportunity_id = {row}.id", is_date=True),
        ),
    ),
    _Watch("quotes", "own", ("opportunity_id", "at"), (_root_of_deal(),)),
    _Watch("stage_changes", "own", ("opportunity_id", "after", "at"), (_root_of_deal(),)),
    _Watch(
        "payments", "own", ("opportunity_id", "amount", "on", *_WHOSE), (_own("paid", '"on"', is_date=True),)
    ),
    _Watch(
        "touches",
        "own",
        ("lead_id", "channel", "campaign", *_TOUCH_MOMENTS, *_WHOSE),
        tuple(_own("touched", at) for at in _TOUCH_MOMENTS),
    ),
)


_UTC = "'UTC'"
_ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def _differs(watch: _Watch, unlike: str) -> str:
    return " OR ".join(f'OLD."{one}" {unlike} NEW."{one}"' for one in watch.columns)


def _quoted(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{one}"' for one in columns)


def _name(watch: _Watch, event: str) -> str:
    return f"rollups_{watch.table}_{watch.name}_{event}"


def _unmarked(reach: _Reach, row: str) -> tuple[str, str]:
    """SQLite: the hour to be marked, and where it comes from as long as it is not marked.

    One writer at a time: a mark that stands there already will be looked at after this unit.
    """
    at = reach.at.format(row=row)
    hour = at if reach.is_date else f"substr({at}, 1, 13)"
    there = f"SELECT 1 FROM rollup_marks WHERE book = '{reach.mark}' AND hour = {hour}"  # noqa: S608 - our own names
    wanted = [reach.where.format(row=row)] if reach.where else []
    wanted += [f"{at} IS NOT NULL", f"NOT EXISTS ({there})"]
    source = f"FROM {reach.tables} " if reach.tables else ""
    return hour, f"{source}WHERE {' AND '.join(wanted)}"


def _on_sqlite(watch: _Watch) -> Iterator[tuple[str, str]]:
    """Name and statement of each trigger.

    Rows come by the million, nearly always into an hour that is marked: a trigger whose WHEN says no
    costs a tenth of one whose body finds nothing to do.
    """
    for event in watch.events:
        pairs = [(reach, row) for row in _ROWS[event] for reach in watch.reaches]
        bodies = [
            (
                source,
                f"INSERT INTO rollup_marks (book, hour) SELECT DISTINCT '{reach.mark}', {hour} {source};",
            )
            for reach, row in pairs
            for hour, source in (_unmarked(reach, row),)
        ]
        head = f"AFTER {event.upper()}"
        if event != "insert":
            of = f" OF {_quoted(watch.columns)}" if event == "update" else ""
            when = f" WHEN {_differs(watch, 'IS NOT')}" if event == "update" else ""
            body = " ".join(body for _, body in bodies)
            name = _name(watch, event)
            yield name, f"CREATE TRIGGER {name} {head}{of} ON {watch.table}{when} BEGIN {body} END"
            continue
        for n, (source, body) in enumerate(bodies):
            name = f"{_name(watch, event)}_{n}"
            when = f"WHEN EXISTS (SELECT 1 {source})"
            yield name, f"CREATE TRIGGER {name} {head} ON {watch.table} {when} BEGIN {body} END"


def _marks(reaches: tuple[_Reach, ...], row: str, *, among: str = "") -> str:
    """PostgreSQL: one INSERT for all that is reached the same way; `among` has the rows that came at once."""
    ways: dict[tuple[str, str], list[str]] = {}
    for one in reaches:
        at = one.at.format(row=row)
        hour = f"to_char({at}, 'YYYY-MM-DD')"
        if not one.is_date:
            hour = f"to_char(timezone({_UTC}, {at}), 'YYYY-MM-DD\"T\"HH24')"
        ways.setdefault((one.tables, one.where.format(row=row)), []).append(f"('{one.mark}', {hour})")
    statements = []
    for (tables, where), values in ways.items():
        source = "".join(f"{one}, " for one in (among, tables) if one)
        wanted = f"{where} AND " if where else ""
        statements.append(
            "INSERT INTO rollup_marks (book, hour) SELECT DISTINCT mark.book, mark.hour"  # noqa: S608 - our own names
            f" FROM {source}LATERAL (VALUES {', '.join(values)}) AS mark (book, hour)"
            f" WHERE {wanted}mark.hour IS NOT NULL;"
        )
    return " ".join(statements)


def _on_postgres(watch: _Watch) -> Iterator[tuple[str, str, str]]:
    """Name, function and trigger. Many rows may come by one statement: they are looked at once."""
    for event in watch.events:
        name, each, when = _name(watch, event), "FOR EACH ROW", ""
        if event == "insert":
            each = "REFERENCING NEW TABLE AS came FOR EACH STATEMENT"
            body = _marks(watch.reaches, "came", among="came")
        else:
            body = " ".join(_marks(watch.reaches, row) for row in _ROWS[event])
        if event == "update":
            when = f" WHEN ({_differs(watch, 'IS DISTINCT FROM')})"
        made = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        armed = f"CREATE TRIGGER {name} AFTER {event.upper()} ON {watch.table} {each}{when}"
        yield (
            name,
            f"{made} AS $$ BEGIN {body} RETURN NULL; END $$",
            f"{armed} EXECUTE FUNCTION {name}()",
        )


def _arm() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for watch in _WATCHES:
        for _, *statements in _on_sqlite(watch) if is_sqlite else _on_postgres(watch):
            for statement in statements:
                op.execute(sa.text(statement.replace(":", "\\:")))


def _disarm() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for watch in _WATCHES:
        for name, *_ in _on_sqlite(watch) if is_sqlite else _on_postgres(watch):
            op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON {watch.table}")
            if not is_sqlite:
                op.execute(f"DROP FUNCTION {name}()")


def _cells(name: str) -> None:
    dims = tuple(f"d{n}" for n in range(_DIMS))
    op.create_table(
        name,
        sa.Column("cube", sa.String(), nullable=False),
        sa.Column("begins", sa.String(), nullable=False),
        *(sa.Column(one, sa.String(), nullable=False) for one in dims),
        sa.Column("n", sa.BigInteger(), nullable=False),
        *(sa.Column(f"s{n}", sa.BigInteger(), nullable=True) for n in range(_SUMS)),
        sa.PrimaryKeyConstraint("cube", "begins", *dims, name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


#: Moments and kinship by which days are worked out and marks are found.
_INDEXES = (
    ("ix_leads_merged_into", "leads", "merged_into", "merged_into"),
    ("ix_leads_mql", "leads", "marketing_qualified_at", "marketing_qualified_at"),
    ("ix_leads_sql", "leads", "sales_qualified_at", "sales_qualified_at"),
    ("ix_leads_added", "leads", "wechat_added_at", "wechat_added_at"),
    ("ix_tasks_done", "tasks", "done_at", "done_at"),
    ("ix_tasks_due_at", "tasks", "due_at", ""),
    ("ix_payments_opportunity", "payments", "opportunity_id", ""),
)


def upgrade() -> None:
    op.create_table(
        "rollup_marks",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("hour", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_marks")),
    )
    op.create_index("ix_rollup_marks_hour", "rollup_marks", ["book", "hour"], unique=False)
    op.create_table(
        "rollup_stale",
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("book", "day", name=op.f("pk_rollup_stale")),
    )
    op.create_index("ix_rollup_stale_due", "rollup_stale", ["due_at"], unique=False)
    op.create_table(
        "rollup_books",
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("book", name=op.f("pk_rollup_books")),
    )
    _cells("rollup_days")
    _cells("rollup_months")
    op.create_table(
        "rollup_differences",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("book", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.Column("example", sa.String(), nullable=False),
        sa.Column("found_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_differences")),
    )
    op.create_index("ix_rollup_differences_found", "rollup_differences", ["found_at"], unique=False)
    for name, table, column, known in _INDEXES:
        where = sa.text(f"{known} IS NOT NULL") if known else None
        op.create_index(name, table, [column], unique=False, sqlite_where=where, postgresql_where=where)
    _arm()


def downgrade() -> None:
    _disarm()
    for name, table, _, _ in _INDEXES:
        op.drop_index(name, table_name=table)
    for name in (
        "rollup_differences",
        "rollup_months",
        "rollup_days",
        "rollup_books",
        "rollup_stale",
        "rollup_marks",
    ):
        op.drop_table(name)
