"""Taking back what an import did: records that nobody used since go, and others become what they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import orjson
from sqlalchemy import BindParameter, Table, and_, bindparam, delete, func, select, update

from bot.crm.pool import HELD
from bot.kit.vault import Vault
from bot.store import counters
from bot.store.claims import holding_key
from bot.store.import_spelling import read
from bot.store.sweeps import LISTED
from bot.store.tables import METADATA
from bot.store.tables.imports import import_effects, import_rows
from bot.store.tables.leads import leads, tenures
from bot.store.tables.quality import uncompared
from bot.store.tables.sales import opportunities, stage_changes
from bot.store.tx import Tx

#: What a lead has by itself; anything else that names it is work, or a customer's own doing.
_OF_LEAD = frozenset(
    (
        *("lead_keys", "status_changes", "score_changes", "lifecycle_changes", "consents"),
        *("lead_tags", "tag_changes", "field_changes", "tenures"),
        # What the machine works out of it.
        *("lead_hints", "segment_members", "segment_changes", "segment_marks", "segment_dues"),
    )
)
_OF_DEAL = frozenset({"stage_changes"})
_ids: BindParameter[Any] = bindparam("some", expanding=True)
_LAST = select(func.max(import_rows.c.at).label("at")).where(import_rows.c.batch_id == bindparam("of"))
_EFFECTS = (
    select(import_effects)
    .where(import_effects.c.batch_id == bindparam("of"), import_effects.c.row.in_(_ids))
    .order_by(import_effects.c.row.desc(), import_effects.c.n.desc())
)
_DROP_EFFECTS = delete(import_effects).where(
    import_effects.c.batch_id == bindparam("of"), import_effects.c.row.in_(_ids)
)
_DROP_ROWS = delete(import_rows).where(import_rows.c.batch_id == bindparam("of"), import_rows.c.row.in_(_ids))
_KEEP = (
    update(import_rows)
    .where(import_rows.c.batch_id == bindparam("of"), import_rows.c.row == bindparam("line"))
    .values(outcome="kept", reason=bindparam("why"))
)
#: How often the import itself gave it to somebody: once or never.
_GIVEN = (
    select(func.count())
    .where(tenures.c.lead_id == leads.c.id, tenures.c.by == bindparam("by_batch"))
    .scalar_subquery()
)
_TAKEN = select(leads.c.id).where(
    leads.c.id.in_(_ids), (leads.c.epoch > _GIVEN) | (leads.c.changed_at > bindparam("last"))
)
_HOLDERS = select(leads.c.owner_id).where(leads.c.id.in_(_ids), leads.c.status.in_(sorted(HELD)))
_COMPARED = delete(uncompared).where(uncompared.c.lane == LISTED, uncompared.c.id.in_(_ids))
_MERGED = select(leads.c.merged_into.label("id")).where(leads.c.merged_into.in_(_ids))
_MOVED = (
    select(stage_changes.c.opportunity_id.label("id"))
    .where(stage_changes.c.opportunity_id.in_(_ids), stage_changes.c.by != bindparam("by_batch"))
    .distinct()
)
_REMAINING = (
    select(func.count().label("n")).select_from(import_rows).where(import_rows.c.batch_id == bindparam("of"))
)
#: Changed beside other things, and of no meaning by itself.
_UNREMARKABLE = frozenset({"changed_at", "tier", "score"})


@dataclass(frozen=True, slots=True)
class Effect:
    """A row that an import added (no `before`) or changed."""

    row: int
    table: str
    key: Mapping[str, Any]
    before: Mapping[str, Any] | None = field(repr=False)
    after: Mapping[str, Any] | None = field(repr=False)


async def last_at(tx: Tx, batch_id: str) -> datetime | None:
    """When the last row of a batch was written."""
    row = await tx.first(_LAST, of=batch_id)
    return None if row is None else row.at


async def worked_leads(tx: Tx, ids: Sequence[str], *, last: datetime, by: str) -> set[str]:
    """Those of these leads with which something was done since, or that others were merged into."""
    if not ids:
        return set()
    found = {row.id for row in await tx.all(_TAKEN, some=ids, last=last, by_batch=by)}
    found |= {row.id for row in await tx.all(_MERGED, some=ids)}
    return found | await _named(tx, "lead_id", ids, _OF_LEAD)


async def worked_deals(tx: Tx, ids: Sequence[str], *, by: str) -> set[str]:
    """Those of these opportunities with which something was done since."""
    if not ids:
        return set()
    moved = {row.id for row in await tx.all(_MOVED, some=ids, by_batch=by)}
    return moved | await _named(tx, "opportunity_id", ids, _OF_DEAL)


async def used_accounts(tx: Tx, ids: Sequence[str]) -> set[str]:
    """Those of these accounts that other records name."""
    return await _named(tx, "account_id", ids, frozenset()) if ids else set()


async def _named(tx: Tx, column: str, ids: Sequence[str], apart: frozenset[str]) -> set[str]:
    found: set[str] = set()
    for table in _tables_with(column):
        if table.name not in apart:
            found |= {row.id for row in await tx.all(_naming(table, column), some=ids)}
    return found


@cache
def _tables_with(column: str) -> tuple[Table, ...]:
    return tuple(table for table in METADATA.tables.values() if column in table.c)


@lru_cache(maxsize=256)
def _naming(table: Table, column: str) -> Any:  # noqa: ANN401 - a query
    return select(table.c[column].label("id")).where(table.c[column].in_(_ids)).distinct()


@lru_cache(maxsize=256)
def _deleting(table: Table, column: str) -> Any:  # noqa: ANN401 - a change
    return delete(table).where(table.c[column].in_(_ids))


async def delete_records(tx: Tx, table: str, ids: Sequence[str]) -> None:
    """Delete records and what they have by themselves."""
    if not ids:
        return
    own = {leads.name: ("lead_id", _OF_LEAD), opportunities.name: ("opportunity_id", _OF_DEAL)}
    column, parts = own.get(table, ("", frozenset()))
    if table == leads.name:
        for row in await tx.all(_HOLDERS, some=ids):
            await counters.give(tx, holding_key(row.owner_id))
        await tx.run(_COMPARED, some=ids)
    for name in sorted(parts):
        # Some of these come with later versions of the program.
        if (part := METADATA.tables.get(name)) is not None:
            await tx.run(_deleting(part, column), some=ids)
    await tx.run(_deleting(METADATA.tables[table], "id"), some=ids)


async def effects_of(tx: Tx, vault: Vault, batch_id: str, rows: Sequence[int]) -> list[Effect]:
    """What these rows did beside creating their record, the last first."""
    found = []
    for one in await tx.all(_EFFECTS, of=batch_id, some=list(rows)) if rows else ():
        table, place = METADATA.tables[one.table_name], f"import_effects:{batch_id}:{one.row}"
        before, after = (
            None if sealed is None else read(table, orjson.loads(vault.open(sealed, place)))
            for sealed in (one.before, one.after)
        )
        found.append(Effect(one.row, one.table_name, read(table, one.key), before, after))
    return found


async def revert(tx: Tx, effect: Effect, *, tier_of: Callable[[int], str]) -> bool:
    """Take one effect back; False if somebody changed the same thing since, which is then left."""
    table = METADATA.tables[effect.table]
    names = tuple(sorted(effect.key))
    keyed = {f"of_{name}": value for name, value in effect.key.items()}
    if effect.before is None or effect.after is None:
        await tx.run(_deleting_one(table, names), **keyed)
        return True
    present = await tx.first(_reading_one(table, names), **keyed)
    if present is None:
        return False
    now = present._asdict()
    back = {name: value for name, value in effect.before.items() if _same(now[name], effect.after[name])}
    left = set(effect.before) - set(back) - _UNREMARKABLE
    if "score" in effect.before and "score" not in back:
        # Points that came since stay; those of the import go.
        back["score"] = now["score"] - (effect.after["score"] - effect.before["score"])
        back["tier"] = tier_of(back["score"])
    if back:
        statement = _updating_one(table, names, tuple(sorted(back)))
        await tx.run(statement, **keyed, **{f"to_{name}": value for name, value in back.items()})
    return not left


def _same(one: object, other: object) -> bool:
    if isinstance(one, memoryview):
        one = bytes(one)
    return one == other


def _key(table: Table, names: Iterable[str]) -> Any:  # noqa: ANN401 - a condition
    return and_(*(table.c[name] == bindparam(f"of_{name}", type_=table.c[name].type) for name in names))


@lru_cache(maxsize=256)
def _deleting_one(table: Table, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - a change
    return delete(table).where(_key(table, names))


@lru_cache(maxsize=256)
def _reading_one(table: Table, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - a query
    return select(table).where(_key(table, names)).with_for_update()


@lru_cache(maxsize=256)
def _updating_one(table: Table, names: tuple[str, ...], columns: tuple[str, ...]) -> Any:  # noqa: ANN401 - a change
    return update(table).where(_key(table, names)).values({name: bindparam(f"to_{name}") for name in columns})


async def forget(tx: Tx, batch_id: str, rows: Sequence[int]) -> None:
    """Rows that were undone leave no record."""
    if rows:
        await tx.run(_DROP_EFFECTS, of=batch_id, some=list(rows))
        await tx.run(_DROP_ROWS, of=batch_id, some=list(rows))


async def keep(tx: Tx, batch_id: str, reasons: Mapping[int, str]) -> None:
    """Rows that stay, and why."""
    for row, why in reasons.items():
        await tx.run(_KEEP, of=batch_id, line=row, why=why)


async def remaining(tx: Tx, batch_id: str) -> int:
    """How many rows of a batch there are still."""
    row = await tx.first(_REMAINING, of=batch_id)
    return 0 if row is None else int(row.n)


_STANDING = {
    name: select(func.count().label("n")).select_from(
        import_rows.join(METADATA.tables[name], METADATA.tables[name].c[column] == import_rows.c.entity_id)
    ).where(import_rows.c.batch_id == bindparam("of"), import_rows.c.outcome == "created")
    for name, column in (
        *(("leads", "id"), ("accounts", "id"), ("opportunities", "id"), ("orders", "id")),
        *(("follow_ups", "id"), ("behaviours", "message_id"), ("costs", "id"), ("payments", "id")),
    )
}  # fmt: skip


async def standing(tx: Tx, batch_id: str, *tables: str) -> int:
    """How many records that a batch says it created are really there."""
    counts = [await tx.first(_STANDING[table], of=batch_id) for table in tables]
    return sum(int(row.n) for row in counts if row is not None)
