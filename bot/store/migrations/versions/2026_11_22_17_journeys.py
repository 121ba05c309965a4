"""The first tables: journeys; and the triggers that mark what they want to know.

Nothing can be running on them yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sqlalchemy as sa
from alembic import op

from bot.store.types import UTCDateTime

revision = "2026_11_22_17"
down_revision = "2026_11_22_16"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
#: Columns of a lead that a journey may wait for, each by its own name.
_FIELDS = (
    *("title", "company", "province", "city", "region", "industry", "source", "campaign", "form", "score"),
    *("tier", "lifecycle", "owner_id", "pool_id", "custom", "last_follow_up_at", "wechat_added_at"),
)
_ROOT_OF_ACCOUNT = (
    "COALESCE({row}.lead_id, (SELECT min(l.id) FROM leads l"
    " WHERE l.account_id = {row}.account_id AND l.merged_into IS NULL))"
)
_OF_DEAL = "(SELECT d.lead_id FROM opportunities d WHERE d.id = {row}.opportunity_id)"


class _Watch(NamedTuple):
    """Something that happens, and how it is marked; `{row}` is the row that came or changed."""

    name: str
    table: str
    event: str
    kind: str
    ref: str
    lead: str
    #: On an update: of which column, and when.
    of: str = ""
    when: str = ""
    source: str = "NULL"
    object: str = "NULL"
    before: str = "NULL"
    after: str = "NULL"
    at: str = "NULL"


def _text(column: str) -> str:
    return f"CAST({column} AS VARCHAR)"


def _watches() -> Iterator[_Watch]:
    event = {"source": "{row}.message_id", "object": "{row}.object", "at": "{row}.at"}
    yield _Watch("came", "behaviours", "insert", "event", "{row}.event", "{row}.lead_id", **event)
    # What somebody did before we knew who he was is his now; what a merge moves is not new.
    known = "OLD.lead_id IS NULL AND NEW.lead_id IS NOT NULL"
    yield _Watch(
        "known", "behaviours", "update", "event", "{row}.event", "{row}.lead_id", "lead_id", known, **event
    )
    yield _Watch(
        "came", "submissions", "insert", "form", "{row}.form", "{row}.lead_id",
        source="{row}.id", object="{row}.kind", at="{row}.at",
    )  # fmt: skip
    yield _Watch("came", "leads", "insert", "created", "'lead'", "{row}.id", at="{row}.created_at")
    for column in ("status", *_FIELDS):
        kind, ref = ("status", "{row}.status") if column == "status" else ("changed", f"'{column}'")
        yield _Watch(
            column, "leads", "update", kind, ref, "{row}.id", column, f"OLD.{column} {{unlike}} NEW.{column}",
            before=_text(f"OLD.{column}"), after=_text(f"NEW.{column}"),
        )  # fmt: skip
    yield _Watch(
        "came", "tag_changes", "insert", "tagged", "{row}.tag", "{row}.lead_id",
        when="{row}.given = {true}", source=_text("{row}.id"), at="{row}.at",
    )  # fmt: skip
    yield _Watch(
        "came", "segment_changes", "insert", "segment", "{row}.segment", "{row}.lead_id",
        when="{row}.joined = {true} AND {row}.why <> 'defined'", source=_text("{row}.id"), at="{row}.at",
    )  # fmt: skip
    yield _Watch(
        "came", "stage_changes", "insert", "stage", "{row}.after", f"COALESCE({{row}}.lead_id, {_OF_DEAL})",
        source=_text("{row}.id"), object="{row}.opportunity_id", before="{row}.before", at="{row}.at",
    )  # fmt: skip
    yield _Watch(
        "came", "quotes", "insert", "quoted", "'any'", _OF_DEAL,
        source="{row}.id", object="{row}.product", after=_text("{row}.discount"), at="{row}.at",
    )  # fmt: skip
    yield _Watch(
        "came", "orders", "insert", "bought", "{row}.product", _ROOT_OF_ACCOUNT,
        source="{row}.id", object="{row}.product", after=_text("{row}.amount"), at="{row}.ordered_at",
    )  # fmt: skip
    yield _Watch(
        "merged", "journey_enrollments", "update", "merged", "{row}.journey", "{row}.lead_id", "lead_id",
        "OLD.lead_id <> NEW.lead_id AND NEW.state <> 'done'", source="{row}.id",
    )  # fmt: skip


_COLUMNS = "of_lead, kind, ref, source, object, before, after, at"


def _name(watch: _Watch) -> str:
    return f"journeys_{watch.table}_{watch.name}_{watch.event}"


def _mark(watch: _Watch, row: str, words: dict[str, str], *, among: str = "") -> str:
    """One INSERT of what is wanted; an order of any product is wanted as `any` too."""
    parts = (watch.source, watch.object, watch.before, watch.after, watch.at)
    said = [f"'{watch.kind}'", watch.ref, *parts]
    values = ", ".join(one.format(row=row, **words) for one in (watch.lead, *said))
    ref = watch.ref.format(row=row)
    refs = f"({ref}, 'any')" if watch.kind == "bought" else f"({ref})"
    wanted = f"EXISTS (SELECT 1 FROM journey_wants w WHERE w.kind = '{watch.kind}' AND w.ref IN {refs})"  # noqa: S608 - our own names
    if watch.kind == "merged":
        wanted = "1 = 1"
    wanted += f" AND {watch.lead.format(row=row)} IS NOT NULL"
    if watch.event == "insert" and watch.when:
        wanted += f" AND {watch.when.format(row=row, **words)}"
    source = f" FROM {among}" if among else ""
    return f"INSERT INTO journey_marks ({_COLUMNS}) SELECT {values}{source} WHERE {wanted};"


def _on_sqlite(watch: _Watch) -> tuple[str, ...]:
    words = {"true": "1", "unlike": "IS NOT"}
    body = _mark(watch, "NEW", words)
    of = f" OF {watch.of}" if watch.event == "update" else ""
    when = f" WHEN {watch.when.format(row='NEW', **words)}" if watch.event == "update" and watch.when else ""
    head = f"AFTER {watch.event.upper()}{of} ON {watch.table}{when}"
    return (f"CREATE TRIGGER {_name(watch)} {head} BEGIN {body} END",)


def _on_postgres(watch: _Watch) -> tuple[str, ...]:
    """Many rows may come by one statement: they are looked at once."""
    words, name = {"true": "true", "unlike": "IS DISTINCT FROM"}, _name(watch)
    made = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
    if watch.event == "insert":
        body = _mark(watch, "came", words, among="came")
        head = f"AFTER INSERT ON {watch.table} REFERENCING NEW TABLE AS came FOR EACH STATEMENT"
    else:
        body = _mark(watch, "NEW", words)
        when = f" WHEN ({watch.when.format(row='NEW', **words)})" if watch.when else ""
        head = f"AFTER UPDATE OF {watch.of} ON {watch.table} FOR EACH ROW{when}"
    return (
        f"{made} AS $$ BEGIN {body} RETURN NULL; END $$",
        f"CREATE TRIGGER {name} {head} EXECUTE FUNCTION {name}()",
    )


def _arm() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for watch in _watches():
        for statement in _on_sqlite(watch) if is_sqlite else _on_postgres(watch):
            op.execute(sa.text(statement.replace(":", "\\:")))


def _disarm() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for watch in _watches():
        name = _name(watch)
        op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON {watch.table}")
        if not is_sqlite:
            op.execute(f"DROP FUNCTION {name}()")


def _text_column(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UTCDateTime(), nullable=nullable)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    op.create_table(
        "journey_versions",
        *(_text_column("journey"), _whole("version"), _text_column("digest")),
        sa.Column("definition", sa.Text(), nullable=False),
        *(_text_column("by"), _moment("at"), _key("journey_versions", "journey", "version")),
    )
    op.create_table(
        "journey_states",
        *(_text_column("journey"), _whole("version"), _text_column("state"), _text_column("by")),
        *(_moment("at"), _text_column("hour"), _whole("entered"), _key("journey_states", "journey")),
    )
    op.create_table(
        "journey_enrollments",
        *(_text_column("id"), _text_column("journey"), _whole("version"), _text_column("lead_id")),
        *(_text_column("person"), _text_column("slot"), _text_column("state")),
        *(_text_column("place", nullable=True), _moment("due_at", nullable=True), _text_column("woken")),
        *(_moment("awaits_since", nullable=True), _moment("entered_at"), _moment("ended_at", nullable=True)),
        _text_column("ended_how"),
        sa.Column("memory", sa.Text(), nullable=False),
        *(_whole("n"), _key("journey_enrollments", "id")),
    )
    running = sa.text("state = 'running'")
    op.create_index(
        "ix_journey_enrollments_due", "journey_enrollments", ["due_at", "id"],
        unique=False, sqlite_where=running, postgresql_where=running,
    )  # fmt: skip
    parked = sa.text("state = 'parked'")
    op.create_index(
        "ix_journey_enrollments_parked", "journey_enrollments", ["journey"],
        unique=False, sqlite_where=parked, postgresql_where=parked,
    )  # fmt: skip
    op.create_index("ix_journey_enrollments_lead", "journey_enrollments", ["lead_id", "journey"])
    op.create_index("ix_journey_enrollments_in", "journey_enrollments", ["journey", "state"])
    op.create_table(
        "journey_steps",
        *(_text_column("enrollment_id"), _whole("n"), _text_column("place"), _whole("occurrence")),
        *(_text_column("outcome"), _text_column("note"), _moment("at")),
        _key("journey_steps", "enrollment_id", "n"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "journey_counts",
        *(_text_column("journey"), _whole("version"), _text_column("place"), _text_column("outcome")),
        *(_text_column("note"), sa.Column("n", sa.BigInteger(), nullable=False)),
        _key("journey_counts", "journey", "version", "place", "outcome", "note"),
    )
    op.create_table(
        "journey_marks",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        *(_text_column("of_lead"), _text_column("kind"), _text_column("ref")),
        *(_text_column(name, nullable=True) for name in ("source", "object", "before", "after")),
        *(_moment("at", nullable=True), _key("journey_marks", "id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "journey_wants",
        *(_text_column("kind"), _text_column("ref"), _key("journey_wants", "kind", "ref")),
    )
    op.create_table(
        "journey_sweeps",
        *(_text_column("journey"), _text_column("trigger"), _moment("moment")),
        *(_text_column("reached", nullable=True), _key("journey_sweeps", "journey", "trigger")),
    )
    op.create_table(
        "journey_coupons",
        *(_text_column("stock"), _text_column("code"), _text_column("given_to", nullable=True)),
        *(_moment("given_at", nullable=True), _moment("added_at")),
        _key("journey_coupons", "stock", "code"),
        sa.UniqueConstraint("given_to", name=op.f("uq_journey_coupons_given_to")),
    )
    left = sa.text("given_to IS NULL")
    op.create_index(
        "ix_journey_coupons_left", "journey_coupons", ["stock", "code"],
        unique=False, sqlite_where=left, postgresql_where=left,
    )  # fmt: skip
    _arm()


def downgrade() -> None:
    _disarm()
    for name in (
        "coupons",
        "sweeps",
        "wants",
        "marks",
        "counts",
        "steps",
        "enrollments",
        "states",
        "versions",
    ):
        op.drop_table(f"journey_{name}")
