"""Which rows are somebody's: found table by table, each by what the ones before it gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Select, Table, bindparam, func, select

from bot.store import merge_moves
from bot.store.personal.register import TIES
from bot.store.personal.tie import Tie
from bot.store.tables.leads import leads
from bot.store.tables.sales import opportunities
from bot.store.tx import Tx

#: Values that one statement is asked with.
_AT_ONCE = 500
_LEADS_OF_ACCOUNT = (
    select(leads.c.id)
    .where(leads.c.account_id == bindparam("of"))
    .union(select(opportunities.c.lead_id).where(opportunities.c.account_id == bindparam("of")))
)


@dataclass(slots=True)
class Whose:
    """His ids by their kind."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    #: By place in `TIES`: rows, as they are kept.
    rows: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    def found(self) -> Iterator[tuple[Tie, list[dict[str, Any]]]]:
        """Each kind of rows that he has any of."""
        for place, tie in enumerate(TIES):
            if self.rows.get(place):
                yield tie, self.rows[place]


async def family_of(tx: Tx, lead_id: str) -> tuple[str, ...]:
    """He, whichever of his numbers was said, and those that were merged into him; empty if there is none."""
    row = await tx.first(_ROOT, of=lead_id)
    return () if row is None else await merge_moves.family(tx, row.merged_into or row.id)


async def whose(tx: Tx, family: tuple[str, ...]) -> Whose:
    """Everything that hangs on these leads, which are one person."""
    found = Whose({"leads": set(family), "lanes": {f"lead:{one}" for one in family}})
    for place, tie in enumerate(TIES):
        if tie.of == "own_accounts" and "own_accounts" not in found.ids:
            found.ids["own_accounts"] = await own_accounts(tx, found.ids)
        wanted = sorted(found.ids.get(tie.of, ()))
        rows: list[dict[str, Any]] = []
        for begin in range(0, len(wanted), _AT_ONCE):
            some = wanted[begin : begin + _AT_ONCE]
            rows += [
                values(tie.table, row) for row in await tx.all(_rows(tie.table.name, tie.by), those=some)
            ]
        found.rows[place] = rows
        for kind, column in tie.gives.items():
            found.ids.setdefault(kind, set()).update(row[column] for row in rows if row[column])
    return found


async def own_accounts(tx: Tx, ids: Mapping[str, set[str]]) -> set[str]:
    """Customers that are nobody's but his: a firm with other people in it stays what it is."""
    own = set()
    for account_id in sorted(ids.get("accounts", ())):
        others = {row.id for row in await tx.all(_LEADS_OF_ACCOUNT, of=account_id)} - {None}
        if others <= ids["leads"]:
            own.add(account_id)
    return own


def values(table: Table, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    """By column: some columns are called what the drivers' records call methods of theirs."""
    return {str(column.name): row[place] for place, column in enumerate(table.columns)}


def key_of(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row's primary key, as parameters."""
    return {f"key_{n}": row[column.name] for n, column in enumerate(table.primary_key.columns)}


_ROOT = select(leads.c.id, leads.c.merged_into).where(func.lower(leads.c.id) == func.lower(bindparam("of")))


@cache
def _rows(table_name: str, column: str) -> Select[Any]:
    table = leads.metadata.tables[table_name]
    those = table.c[column].in_(bindparam("those", expanding=True))
    return select(table).where(those).order_by(*table.primary_key.columns)
